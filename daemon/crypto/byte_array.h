#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plait::crypto {

/// The bytes of an array, which outlives the view.
template <std::size_t N>
[[nodiscard]] std::string_view view_of(const std::array<std::uint8_t, N>& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

/// As an array; nothing if there are not exactly so many.
template <std::size_t N>
[[nodiscard]] std::optional<std::array<std::uint8_t, N>> array_of(
    std::string_view bytes) noexcept {
  if (bytes.size() != N) return std::nullopt;
  std::array<std::uint8_t, N> copy{};
  std::transform(bytes.begin(), bytes.end(), copy.begin(),
                 [](char byte) { return static_cast<std::uint8_t>(byte); });
  return copy;
}

/// For OpenSSL, which takes bytes as unsigned.
[[nodiscard]] inline const unsigned char* unsigned_data(std::string_view bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace plait::crypto
