#pragma once

#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "daemon/document/text_change.h"
#include "daemon/document/text_view.h"
#include "protocol/base/result.h"

namespace plait::document {

/// A long text that is changed in small places, and finds places in all units. Underneath it is
/// a document nobody else sees, since that does all of this already.
class Rope {
 public:
  /// `text` is valid UTF-8.
  explicit Rope(std::string_view text);

  [[nodiscard]] TextView view() const noexcept { return {document_, text_}; }
  [[nodiscard]] std::string string() const { return document_.to_string(text_); }
  /// Fails, and may have done a part, where the change does not fit.
  Result<void> apply(const TextChange& change);

 private:
  crdt::Document document_;
  crdt::TypeRef text_;
};

/// Does a change to a text of a document, in a transaction that is under way.
Result<void> apply_change(crdt::Document::Editor& edit, crdt::TypeRef text,
                          const TextChange& change);

}  // namespace plait::document
