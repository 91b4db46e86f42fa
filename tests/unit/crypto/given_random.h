#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/support/random.h"
#include "tests/support/hex.h"

namespace plait::crypto {

/// Gives the bytes it was told, over and over.
class GivenRandom final : public Random {
 public:
  explicit GivenRandom(std::string_view digits) : bytes_(support::bytes_of_hex(digits)) {}

  void fill(std::span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) {
      byte = static_cast<std::uint8_t>(bytes_[next_++ % bytes_.size()]);
    }
  }

 private:
  std::string bytes_;
  std::size_t next_ = 0;
};

}  // namespace plait::crypto
