#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/loop/timer.h"
#include "daemon/support/metrics.h"

namespace plait::loop {
class Loop;
}

namespace plait::app {

/// What the process has in memory, by the kernel's count.
[[nodiscard]] double resident_bytes();

/// Gives back to the system what documents took that nobody uses any more. The allocator keeps
/// it otherwise: after an hour with many of them open, a server would stay at that size.
class MemoryReturn {
 public:
  /// To look through a large heap takes a few milliseconds, which is not for each document.
  static constexpr std::chrono::milliseconds kPause{5000};

  /// `unloaded` counts documents that were given up; it outlives this.
  MemoryReturn(loop::Loop& loop, const Counter& unloaded,
               std::chrono::milliseconds pause = kPause);

  void end_of_turn();

 private:
  const Counter& unloaded_;
  const std::chrono::milliseconds pause_;
  std::uint64_t returned_ = 0;  ///< of those
  loop::Timer timer_;
};

}  // namespace plait::app
