#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "daemon/support/clock.h"

namespace plait {

/// Lets something through at most once in a while, for lines of a log that somebody outside can
/// cause: they are not to fill the disk.
class Seldom {
 public:
  explicit Seldom(MonotonicTime::duration pause) noexcept : pause_(pause) {}

  /// Nothing if it is too early; else how often it was, since the last time that it was not.
  std::optional<std::uint64_t> pass(MonotonicTime now) noexcept {
    if (next_ && now < *next_) {
      ++held_;
      return std::nullopt;
    }
    next_ = now + pause_;
    return std::exchange(held_, 0);
  }

 private:
  MonotonicTime::duration pause_;
  std::optional<MonotonicTime> next_;
  std::uint64_t held_ = 0;
};

}  // namespace plait
