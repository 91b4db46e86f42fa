#pragma once

#include <string>

#include "protocol/base/text_units.h"

namespace plait::crdt {

/// A place in a text, in every unit that an editor may count in. The columns count from the
/// start of the line.
struct TextPosition {
  TextSize offset;  ///< from the start of the text; `newlines` is the line
  Utf16Offset utf16_column;
  Utf8Offset utf8_column;
  CodePointOffset code_point_column;

  [[nodiscard]] LineNumber line() const noexcept { return offset.newlines; }
  bool operator==(const TextPosition&) const noexcept = default;
};

/// Replace what lies between two places by `inserted`. Of a list of edits each is to be applied
/// to the text that the one before it left.
struct TextEdit {
  TextPosition start;
  TextPosition end;  ///< equals start for a pure insertion
  std::string inserted;
};

}  // namespace plait::crdt
