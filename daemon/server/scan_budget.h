#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "daemon/server/limits.h"
#include "daemon/support/clock.h"

namespace plait::server {

/// How much somebody may still have his room look through, to find the places of what he
/// inserts. One update alone is limited by crdt::kMaxScanSteps; without this, many small ones
/// would be as dear as they like.
class ScanBudget {
 public:
  /// What is left for an update that comes now; the steps it takes are to be taken off.
  [[nodiscard]] std::uint64_t& for_update(MonotonicTime now) noexcept {
    using Seconds = std::chrono::duration<double>;
    const double more = std::min(Seconds(now - refilled_).count(), kEnoughSeconds) *
                        static_cast<double>(kScanStepsPerSecond);
    left_ = std::min(kMostScanSteps,
                     left_ + static_cast<std::uint64_t>(more) + kScanStepsPerUpdate);
    // A fraction of a step is not lost for those who send one update after the other.
    if (more >= 1) refilled_ = now;
    return left_;
  }

 private:
  static constexpr double kEnoughSeconds =
      static_cast<double>(kMostScanSteps) / static_cast<double>(kScanStepsPerSecond);

  std::uint64_t left_ = kMostScanSteps;
  MonotonicTime refilled_;
};

}  // namespace plait::server
