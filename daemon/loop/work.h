#pragma once

#include <functional>

namespace plait::loop {

class Loop;

/// Something that takes more than a few milliseconds, done on another thread. It keeps its loop
/// running.
///
/// `work` runs there, once, and must own what it uses; `done` is called on the loop's thread
/// afterwards. If this object goes first, `done` is never called, and `work` does not run if it
/// has not begun. Both callbacks are freed on the loop's thread.
class Work {
 public:
  Work(Loop& loop, std::function<void()> work, std::function<void()> done);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

 private:
  struct State;

  State* state_;  ///< owned by libuv until it reports the end; null from then on
};

}  // namespace plait::loop
