#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plait::load {

/// Nanoseconds since some start that all of one process agree on.
using Nanoseconds = std::uint64_t;

/// Length of the text that every edit inserts: when it was made. The same for all of them, so
/// that edits can be counted in a run that a server has joined.
inline constexpr std::uint32_t kStampUnits = 8;
using Stamp = std::array<char, kStampUnits>;

/// Base 64, the highest digit first, with the 64 characters from '0' on; 48 bits are 78 hours.
[[nodiscard]] constexpr Stamp stamp_of(Nanoseconds time) noexcept {
  Stamp text{};
  for (std::size_t i = text.size(); i-- > 0; time >>= 6) {
    text[i] = static_cast<char>('0' + (time & 0x3F));
  }
  return text;
}

/// Nothing if this is no stamp. Looks at the first kStampUnits characters.
[[nodiscard]] constexpr std::optional<Nanoseconds> time_of(std::string_view text) noexcept {
  if (text.size() < kStampUnits) return std::nullopt;
  Nanoseconds time = 0;
  unsigned wrong = 0;
  for (const char c : text.substr(0, kStampUnits)) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    wrong |= digit >> 6;
    time = time << 6 | (digit & 0x3F);
  }
  return wrong == 0 ? std::optional(time) : std::nullopt;
}

[[nodiscard]] inline Nanoseconds steady_time() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  constexpr Nanoseconds kMask = (Nanoseconds{1} << 48) - 1;
  return static_cast<Nanoseconds>(
             std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()) &
         kMask;
}

}  // namespace plait::load
