#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "daemon/support/random.h"

namespace plait::crypto {

/// Randomness for secrets, from OpenSSL's generator, which the system seeds. Any thread may use
/// it. Without randomness nothing is safe, so its failure stops the program.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
};

template <std::size_t N>
[[nodiscard]] std::array<std::uint8_t, N> random_bytes(Random& random) {
  std::array<std::uint8_t, N> bytes{};
  random.fill(bytes);
  return bytes;
}

}  // namespace plait::crypto
