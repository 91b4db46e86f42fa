#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plait::demo {

/// A character as it is drawn.
struct Glyph {
  char32_t shown = U' ';
  std::uint8_t columns = 1;
};

/// How a character of somebody's text is drawn. The answer is never anything that a terminal
/// would obey, or whose width it might see otherwise: control characters become their pictures,
/// what is not known to be plain becomes U+FFFD. Without `unicode`, everything beyond ASCII is
/// a question mark.
[[nodiscard]] Glyph glyph_of(char32_t character, bool unicode) noexcept;

/// Takes the first character off a text, which must be valid UTF-8 and not empty.
[[nodiscard]] char32_t take_character(std::string_view& text) noexcept;

void append_utf8(std::string& out, char32_t character);

}  // namespace plait::demo
