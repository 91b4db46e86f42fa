#pragma once

#include <chrono>
#include <functional>

#include "daemon/loop/handle.h"
#include "daemon/support/clock.h"

namespace plait::loop {

class Loop;

/// Calls back when it is time, never before. libuv counts milliseconds, so up to one of them
/// later. A running timer keeps its loop running.
class Timer {
 public:
  using Duration = MonotonicTime::duration;

  Timer(Loop& loop, std::function<void()> on_fire);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Starting a running timer moves it. A time that has passed is as good as now: the callback
  /// comes in the next turn.
  void start_at(MonotonicTime due);
  void start(Duration after);
  /// And again each `every`, which is at least a millisecond, until stop().
  void start(Duration after, Duration every);
  void stop() noexcept;
  [[nodiscard]] bool is_running() const noexcept;

 private:
  struct State;

  void start_at(MonotonicTime due, Duration every);

  HandlePtr<State> state_;
};

}  // namespace plait::loop
