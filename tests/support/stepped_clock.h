#pragma once

#include <chrono>

#include "daemon/support/clock.h"

namespace plait::support {

/// Stands still until somebody moves it.
class SteppedClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return time; }
  [[nodiscard]] WallTime wall() const override { return {1'000}; }

  MonotonicTime time{std::chrono::seconds{1}};
};

}  // namespace plait::support
