#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "daemon/support/random.h"

namespace plait::support {

/// Random bytes that nobody guesses but who counts: the same in every run, and no two draws
/// alike.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    ++draws_;
    std::ranges::fill(bytes, std::uint8_t{0});
    for (std::size_t i = 0; i < bytes.size() && i < sizeof draws_; ++i) {
      bytes[i] = static_cast<std::uint8_t>(draws_ >> (8 * i));
    }
  }

 private:
  std::uint64_t draws_ = 0;
};

}  // namespace plait::support
