#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "daemon/crdt/text_edit.h"

namespace plait::support {

/// An editor's copy of a text: learns of changes from edits alone, and counts everything
/// itself, from the front.
class ShadowText {
 public:
  explicit ShadowText(std::string text = {}) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  /// Whether all units of a position name one place, which is in this text.
  [[nodiscard]] bool has(const crdt::TextPosition& position) const;
  /// Performs an edit. False, and nothing done, if this text has not got its places.
  [[nodiscard]] bool apply(const crdt::TextEdit& edit);

 private:
  std::string text_;
};

/// A place in a text, by the bytes before it, the slow and simple way.
[[nodiscard]] crdt::TextPosition position_at(std::string_view text, std::size_t byte);

}  // namespace plait::support
