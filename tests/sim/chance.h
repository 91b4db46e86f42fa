#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "daemon/support/random.h"

namespace plait::sim {

/// What happens by chance, all of it from one seed. A part of the world that has its own, made
/// by fork(), is not moved by what the others draw: a plan that lost a step stays similar.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) noexcept : state_(seed) {}

  /// SplitMix64 (Steele, Lea, Flood).
  std::uint64_t bits() noexcept {
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  /// From 0 to count - 1.
  std::size_t below(std::size_t count) noexcept {
    return static_cast<std::size_t>(bits() % count);
  }
  bool one_in(std::size_t count) noexcept { return below(count) == 0; }
  /// From `least` to `most`, both included.
  std::chrono::microseconds between(std::chrono::microseconds least,
                                    std::chrono::microseconds most) noexcept {
    const auto span = static_cast<std::size_t>((most - least).count()) + 1;
    return least + std::chrono::microseconds(static_cast<std::int64_t>(below(span)));
  }
  [[nodiscard]] Chance fork(std::uint64_t which) const noexcept {
    Chance other(state_ ^ (which + 1) * 0xD6E8FEB86659FD93U);
    return Chance(other.bits());
  }

 private:
  std::uint64_t state_;
};

/// The same for whoever wants bytes.
class SeededBytes final : public Random {
 public:
  explicit SeededBytes(Chance chance) noexcept : chance_(chance) {}
  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(chance_.bits());
  }

 private:
  Chance chance_;
};

}  // namespace plait::sim
