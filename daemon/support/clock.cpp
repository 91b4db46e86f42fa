#include "daemon/support/clock.h"

namespace plait {

MonotonicTime SystemClock::now() const {
  return std::chrono::floor<MonotonicTime::duration>(std::chrono::steady_clock::now());
}

WallTime SystemClock::wall() const {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::floor<std::chrono::milliseconds>(since_1970).count()};
}

}  // namespace plait
