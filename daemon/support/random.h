#pragma once

#include <cstdint>
#include <span>

namespace plait {

/// Where random bytes come from: the operating system's generator in a running program, a seed
/// in a simulation. Everything that needs them gets its source through the constructor.
class Random {
 public:
  virtual ~Random() = default;

  /// Overwrites all of `bytes`. Cannot fail: a program that has no randomness must not go on.
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
};

}  // namespace plait
