#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "daemon/crdt/document.h"
#include "daemon/crdt/text_edit.h"
#include "protocol/base/text_units.h"

namespace plait::document {

/// A text that somebody else holds, to be read and searched. Good until that changes.
class TextView {
 public:
  TextView(const crdt::Document& document, crdt::TypeRef text) noexcept
      : document_(&document), text_(text) {}

  [[nodiscard]] Utf16Offset length() const noexcept { return document_->length(text_); }
  [[nodiscard]] crdt::TextPosition end() const noexcept { return document_->end_of(text_); }
  /// One place in all units, from Utf16Offset, Utf8Offset, CodePointOffset or LineNumber. Past
  /// the end the answer is the end; inside of a character, its start.
  [[nodiscard]] crdt::TextPosition locate(auto at) const noexcept {
    return document_->locate(text_, at);
  }
  [[nodiscard]] std::string string() const { return document_->to_string(text_); }
  /// Calls `visit(std::string_view)` with the text in order, in pieces of a few kilobytes.
  template <class Visit>
  void for_each_chunk(Visit&& visit) const {
    document_->for_each_chunk(text_, std::forward<Visit>(visit));
  }

 private:
  const crdt::Document* document_;
  crdt::TypeRef text_;
};

}  // namespace plait::document
