#pragma once

#include <functional>

#include "daemon/loop/handle.h"

namespace plait::loop {

class Loop;

/// Calls back on the loop's thread when the process receives a signal, which then has no other
/// effect. Several of the same kind that arrive together may be one call. Keeps its loop
/// running.
class Signal {
 public:
  /// `number` is SIGTERM, SIGHUP, …
  Signal(Loop& loop, int number, std::function<void()> on_signal);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  struct State;

  HandlePtr<State> state_;
};

}  // namespace plait::loop
