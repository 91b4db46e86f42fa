#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/text_units.h"

namespace plait {

/// U+FFFD, which Yjs puts in the place of each half when a surrogate pair is torn apart.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// Strict UTF-8 as browsers decode it: no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool is_valid_utf8(std::string_view bytes) noexcept;

/// As measure_checked(), for text that nothing is known of.
[[nodiscard]] std::optional<TextSize> measure_any_checked(std::string_view bytes) noexcept;

/// The text's size in all units, or nothing if it is not strict UTF-8. One pass.
[[nodiscard]] inline std::optional<TextSize> measure_checked(std::string_view bytes) noexcept {
  if (bytes.size() == 1 && static_cast<unsigned char>(bytes.front()) < 0x80) {  // typing
    return TextSize{Utf16Offset{1}, Utf8Offset{1}, CodePointOffset{1},
                    LineNumber{bytes.front() == '\n' ? 1U : 0U}};
  }
  return measure_any_checked(bytes);
}

/// The same for text that is known to be valid.
[[nodiscard]] TextSize measure(std::string_view text) noexcept;

/// Bytes in the first `units` UTF-16 units of valid text. A position inside of a surrogate pair
/// is answered with the start of that character; `*inside_pair` says so.
[[nodiscard]] std::size_t bytes_of_utf16_prefix(std::string_view text, std::size_t units,
                                                bool* inside_pair = nullptr) noexcept;

/// Bytes in the first `count` code points of valid text.
[[nodiscard]] std::size_t bytes_of_code_point_prefix(std::string_view text,
                                                     std::size_t count) noexcept;

/// Bytes up to and including the n-th newline (n = 1 for the first); all of it if there are
/// fewer.
[[nodiscard]] std::size_t bytes_through_newline(std::string_view text, std::size_t n) noexcept;

}  // namespace plait
