#include "tests/support/shadow_text.h"

#include <cstdint>

namespace plait::support {
namespace {

TextSize size_of(std::string_view text) {
  std::uint32_t utf16 = 0;
  std::uint32_t code_points = 0;
  std::uint32_t newlines = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if ((byte & 0xC0) == 0x80) continue;
    ++code_points;
    utf16 += byte >= 0xF0 ? 2 : 1;
    newlines += c == '\n' ? 1 : 0;
  }
  return {Utf16Offset{utf16}, Utf8Offset{static_cast<std::uint32_t>(text.size())},
          CodePointOffset{code_points}, LineNumber{newlines}};
}

}  // namespace

crdt::TextPosition position_at(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const TextSize column = size_of(before.substr(before.rfind('\n') + 1));
  return {size_of(before), column.utf16, column.utf8, column.code_points};
}

bool ShadowText::has(const crdt::TextPosition& position) const {
  const std::size_t byte = position.offset.utf8.value();
  if (byte > text_.size()) return false;
  const bool inside =
      byte < text_.size() && (static_cast<std::uint8_t>(text_[byte]) & 0xC0) == 0x80;
  return !inside && position == position_at(text_, byte);
}

bool ShadowText::apply(const crdt::TextEdit& edit) {
  if (!has(edit.start) || !has(edit.end)) return false;
  const std::size_t start = edit.start.offset.utf8.value();
  const std::size_t end = edit.end.offset.utf8.value();
  if (end < start) return false;
  text_.replace(start, end - start, edit.inserted);
  return true;
}

}  // namespace plait::support
