#include "protocol/base/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace plait {
namespace {

constexpr std::uint8_t kNoDigit = 64;

/// Sixty-four digits, and the value of each character.
struct Alphabet {
  std::string_view digits;
  std::array<std::uint8_t, 256> values{};

  constexpr explicit Alphabet(std::string_view all) noexcept : digits(all) {
    values.fill(kNoDigit);
    for (std::size_t i = 0; i < all.size(); ++i) {
      values[static_cast<unsigned char>(all[i])] = static_cast<std::uint8_t>(i);
    }
  }
};

constexpr Alphabet kStandard(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
constexpr Alphabet kUrl("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

std::string write(const Alphabet& alphabet, std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned count = 0;  // of bits that wait for a digit
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) {
      text.push_back(alphabet.digits[bits >> (count - 6) & 0x3F]);
    }
  }
  if (count > 0) text.push_back(alphabet.digits[bits << (6 - count) & 0x3F]);
  return text;
}

std::optional<std::string> read(const Alphabet& alphabet, std::string_view digits) {
  if (digits.size() % 4 == 1) return std::nullopt;  // six bits are no byte
  std::string bytes;
  bytes.reserve(digits.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned count = 0;  // of bits that wait for a byte
  for (const char digit : digits) {
    const std::uint8_t value = alphabet.values[static_cast<unsigned char>(digit)];
    if (value == kNoDigit) return std::nullopt;
    bits = bits << 6 | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  const bool stray_bits = (bits & ((1U << count) - 1)) != 0;
  if (stray_bits) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text = write(kStandard, bytes);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  // Of four characters two are digits at least; a third '=' is none, so reading finds it.
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return read(kStandard, text);
}

std::string to_base64url(std::string_view bytes) { return write(kUrl, bytes); }

std::optional<std::string> from_base64url(std::string_view text) { return read(kUrl, text); }

}  // namespace plait
