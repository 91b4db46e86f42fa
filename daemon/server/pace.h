#pragma once

#include <algorithm>
#include <chrono>

#include "daemon/server/rate_limit.h"
#include "daemon/support/clock.h"

namespace plait::server {

/// A Rate for one thing alone: what one connection does.
class Pace {
 public:
  /// Zero, and it is counted, if it may happen now; otherwise how long it may not.
  [[nodiscard]] std::chrono::milliseconds take(const Rate& rate, MonotonicTime now) {
    const MonotonicTime until = std::max(recovered_, now) + rate.pause;
    const MonotonicTime latest = now + rate.burst * rate.pause;
    if (until > latest) {
      return std::chrono::ceil<std::chrono::milliseconds>(until - latest);
    }
    recovered_ = until;
    return std::chrono::milliseconds{0};
  }

 private:
  MonotonicTime recovered_;  ///< when nothing of what happened counts any more
};

}  // namespace plait::server
