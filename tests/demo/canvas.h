#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plait::demo {

enum class Ink : std::uint8_t { Plain, Faint, First, Second, Good };

struct Style {
  Ink ink = Ink::Plain;
  bool bold = false;
  bool inverse = false;
  bool underlined = false;

  bool operator==(const Style&) const noexcept = default;
};

/// The escape sequence that switches from any style to this one.
[[nodiscard]] std::string escape_of(const Style& style);

struct Size {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;

  bool operator==(const Size&) const noexcept = default;
};

/// What a terminal is to show: characters in rows and columns. What is put outside of it is cut
/// off.
class Canvas {
 public:
  Canvas(Size size, bool unicode)
      : size_(size),
        unicode_(unicode),
        cells_(static_cast<std::size_t>(size.columns) * size.rows) {}

  [[nodiscard]] Size size() const noexcept { return size_; }
  /// Whether there is more than ASCII.
  [[nodiscard]] bool unicode() const noexcept { return unicode_; }

  /// Draws one character; returns the column behind it.
  std::uint32_t put(std::uint32_t row, std::uint32_t column, char32_t character, Style style);
  /// Draws a line of text up to column `limit`; returns the column behind it.
  std::uint32_t print(std::uint32_t row, std::uint32_t column, std::string_view text,
                      Style style = {}, std::uint32_t limit = UINT32_MAX);

  /// What makes a terminal that shows `before` show this one: nothing if they are the same.
  [[nodiscard]] std::string changes_since(const Canvas& before) const;

 private:
  struct Cell {
    char32_t character = U' ';  ///< zero: the right half of a wide character
    Style style;

    bool operator==(const Cell&) const noexcept = default;
  };

  Size size_;
  bool unicode_;
  std::vector<Cell> cells_;
};

}  // namespace plait::demo
