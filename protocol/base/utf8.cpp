#include "protocol/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace plait {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

/// Length of the leading run of ASCII bytes.
std::size_t ascii_prefix(const char* p, std::size_t n) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p + i, 8);
    if ((word & kHighBits) != 0) break;
  }
  while (i < n && static_cast<unsigned char>(p[i]) < 0x80) ++i;
  return i;
}

constexpr bool is_continuation(unsigned char byte) noexcept { return (byte & 0xC0) == 0x80; }

/// Bytes of the multi-byte sequence at p, 0 if it is not strict UTF-8.
std::size_t checked_sequence(const unsigned char* p, std::size_t n) noexcept {
  const unsigned char lead = p[0];
  if (lead >= 0xC2 && lead <= 0xDF) return n >= 2 && is_continuation(p[1]) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (n < 3 || !is_continuation(p[1]) || !is_continuation(p[2])) return 0;
    if (lead == 0xE0 && p[1] < 0xA0) return 0;  // overlong
    if (lead == 0xED && p[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (n < 4 || !is_continuation(p[1]) || !is_continuation(p[2]) || !is_continuation(p[3])) {
      return 0;
    }
    if (lead == 0xF0 && p[1] < 0x90) return 0;  // overlong
    if (lead == 0xF4 && p[1] > 0x8F) return 0;  // past U+10FFFF
    return 4;
  }
  return 0;
}

std::uint32_t count_newlines(const char* p, std::size_t n) noexcept {
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < n; ++i) count += p[i] == '\n' ? 1U : 0U;
  return count;
}

}  // namespace

std::optional<TextSize> measure_any_checked(std::string_view bytes) noexcept {
  const char* p = bytes.data();
  const std::size_t n = bytes.size();
  std::uint32_t utf16 = 0;
  std::uint32_t code_points = 0;
  std::size_t i = 0;
  while (i < n) {
    const std::size_t ascii = ascii_prefix(p + i, n - i);
    utf16 += static_cast<std::uint32_t>(ascii);
    code_points += static_cast<std::uint32_t>(ascii);
    i += ascii;
    if (i == n) break;
    const std::size_t length =
        checked_sequence(reinterpret_cast<const unsigned char*>(p) + i, n - i);
    if (length == 0) return std::nullopt;
    utf16 += length == 4 ? 2U : 1U;
    ++code_points;
    i += length;
  }
  return TextSize{Utf16Offset{utf16}, Utf8Offset{static_cast<std::uint32_t>(n)},
                  CodePointOffset{code_points}, LineNumber{count_newlines(p, n)}};
}

bool is_valid_utf8(std::string_view bytes) noexcept {
  return measure_checked(bytes).has_value();
}

TextSize measure(std::string_view text) noexcept {
  // Branch-free per byte, so that it becomes vector code: a character is every byte that does
  // not continue one, and those that need four bytes need two UTF-16 units.
  std::uint32_t code_points = 0;
  std::uint32_t wide = 0;
  std::uint32_t newlines = 0;
  for (const char c : text) {
    code_points += static_cast<signed char>(c) >= -64 ? 1U : 0U;
    wide += static_cast<unsigned char>(c) >= 0xF0 ? 1U : 0U;
    newlines += c == '\n' ? 1U : 0U;
  }
  return TextSize{Utf16Offset{code_points + wide},
                  Utf8Offset{static_cast<std::uint32_t>(text.size())},
                  CodePointOffset{code_points}, LineNumber{newlines}};
}

std::size_t bytes_of_utf16_prefix(std::string_view text, std::size_t units,
                                  bool* inside_pair) noexcept {
  if (inside_pair != nullptr) *inside_pair = false;
  std::size_t i = 0;
  while (units > 0 && i < text.size()) {
    const std::size_t ascii = ascii_prefix(text.data() + i, std::min(units, text.size() - i));
    i += ascii;
    units -= ascii;
    if (units == 0 || i == text.size()) break;
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead >= 0xF0) {
      if (units == 1) {
        if (inside_pair != nullptr) *inside_pair = true;
        return i;
      }
      units -= 2;
      i += 4;
    } else {
      --units;
      i += lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    }
  }
  return i;
}

std::size_t bytes_of_code_point_prefix(std::string_view text, std::size_t count) noexcept {
  std::size_t i = 0;
  while (count > 0 && i < text.size()) {
    const std::size_t ascii = ascii_prefix(text.data() + i, std::min(count, text.size() - i));
    i += ascii;
    count -= ascii;
    if (count == 0 || i == text.size()) break;
    const auto lead = static_cast<unsigned char>(text[i]);
    i += lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    --count;
  }
  return i;
}

std::size_t bytes_through_newline(std::string_view text, std::size_t n) noexcept {
  std::size_t i = 0;
  for (; n > 0; --n) {
    const std::size_t at = text.find('\n', i);
    if (at == std::string_view::npos) return text.size();
    i = at + 1;
  }
  return i;
}

}  // namespace plait
