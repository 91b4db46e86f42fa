#pragma once

#include <functional>

#include "daemon/loop/handle.h"

namespace plait::loop {

class Loop;

/// How another thread gets the loop's attention. Keeps its loop running.
class Wakeup {
 public:
  Wakeup(Loop& loop, std::function<void()> on_wake);
  /// Threads that call wake() have ended, or have been told to stop, before.
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// From any thread: the callback follows soon, on the loop's thread, and sees what was
  /// written before. Several calls may become one.
  void wake() noexcept;

 private:
  struct State;

  HandlePtr<State> state_;
};

}  // namespace plait::loop
