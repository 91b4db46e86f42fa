#include "tests/demo/canvas.h"

#include <optional>

#include "tests/demo/glyph.h"

namespace plait::demo {

std::string escape_of(const Style& style) {
  std::string escape = "\x1B[0";
  if (style.bold) escape += ";1";
  if (style.underlined) escape += ";4";
  if (style.inverse) escape += ";7";
  // Blue and orange: apart for every kind of eye, and readable on light and on dark.
  switch (style.ink) {
    case Ink::Plain: break;
    case Ink::Faint: escape += ";2"; break;
    case Ink::First: escape += ";38;5;33"; break;
    case Ink::Second: escape += ";38;5;208"; break;
    case Ink::Good: escape += ";32"; break;
  }
  return escape + 'm';
}

std::uint32_t Canvas::put(std::uint32_t row, std::uint32_t column, char32_t character,
                          Style style) {
  const Glyph glyph = glyph_of(character, unicode_);
  const std::uint32_t end = column + glyph.columns;
  if (row >= size_.rows || end > size_.columns) return end;
  const std::size_t at = static_cast<std::size_t>(row) * size_.columns + column;
  cells_[at] = {glyph.shown, style};
  if (glyph.columns == 2) cells_[at + 1] = {U'\0', style};
  return end;
}

std::uint32_t Canvas::print(std::uint32_t row, std::uint32_t column, std::string_view text,
                            Style style, std::uint32_t limit) {
  while (!text.empty() && column < limit) {
    column = put(row, column, take_character(text), style);
  }
  return column;
}

std::string Canvas::changes_since(const Canvas& before) const {
  std::string out;
  std::optional<Style> style;
  std::optional<std::size_t> cursor;  // the cell that the terminal would draw to next
  for (std::size_t at = 0; at < cells_.size(); ++at) {
    const Cell& cell = cells_[at];
    // A wide character that gives way leaves a half that has to be drawn over.
    const bool same =
        cell == before.cells_[at] && (at == 0 || cells_[at - 1] == before.cells_[at - 1]);
    if (same || cell.character == U'\0') continue;
    if (cursor != at || at % size_.columns == 0) {
      out += "\x1B[" + std::to_string(at / size_.columns + 1) + ';' +
             std::to_string(at % size_.columns + 1) + 'H';
    }
    if (style != cell.style) {
      style = cell.style;
      out += escape_of(*style);
    }
    append_utf8(out, cell.character);
    const bool wide = at + 1 < cells_.size() && cells_[at + 1].character == U'\0';
    cursor = at + (wide ? 2 : 1);
  }
  if (!out.empty()) out += "\x1B[0m";
  return out;
}

}  // namespace plait::demo
