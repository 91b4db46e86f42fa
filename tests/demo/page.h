#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/demo/canvas.h"
#include "tests/demo/session.h"

namespace plait::demo {

/// A character of a replica's text, and who wrote it.
struct Letter {
  char32_t character = 0;
  std::uint32_t at = 0;  ///< in UTF-16 units
  std::uint8_t author = 0;
  bool is_new = false;  ///< arrived a moment ago
};

/// A replica's text. Authors are those of the engine's items, which name the client that
/// inserted them; nothing here keeps books of its own.
[[nodiscard]] std::vector<Letter> letters_of(const Session& session, std::uint32_t author);

/// Text in lines that fit a width, broken between words where there are any.
struct Lines {
  struct Line {
    std::size_t begin = 0;  ///< indices into the letters
    std::size_t end = 0;
  };
  std::vector<Line> lines;

  [[nodiscard]] std::size_t line_of(std::size_t letter) const noexcept;
};
[[nodiscard]] Lines wrap(const std::vector<Letter>& letters, std::uint32_t columns,
                         bool unicode);

struct Rect {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
};

/// Shows a replica's text around its author's cursor.
class Page {
 public:
  explicit Page(std::uint32_t author) noexcept : author_(author) {}

  void draw(const Session& session, const Rect& where, Canvas& canvas);

 private:
  void scroll_to(std::size_t line, std::size_t lines, std::uint32_t rows) noexcept;

  std::uint32_t author_;
  std::size_t top_ = 0;  ///< the first line that is shown
};

[[nodiscard]] constexpr Ink ink_of(std::uint32_t author) noexcept {
  return author == 0 ? Ink::First : Ink::Second;
}

}  // namespace plait::demo
