#pragma once

#include <memory>
#include <span>

#include "daemon/support/clock.h"

struct uv_loop_s;

namespace plait::loop {

/// Waits for sockets, timers and signals on one thread, and calls back what is ready.
///
/// A turn of the loop is: timers that are due, then everything that can be read, accepted or
/// written, then what waits for the end of the turn (end_of_turn.h), then closing. No callback
/// is called from within the call that asked for it, and none after its object is gone.
///
/// What is made on a loop goes before it. Everything belongs to the loop's thread; only
/// Wakeup::wake() may be called from others.
class Loop {
 public:
  /// From then on a write to a connection that is gone is an error, and not the signal SIGPIPE,
  /// for the whole process.
  Loop();
  /// Waits for running Work to end.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Takes turns until stop() is called, or until nothing is left that could call back.
  void run();
  /// This turn is the last one; it is completed. For callbacks.
  void stop() noexcept;

  [[nodiscard]] MonotonicTime now() const { return clock_.now(); }

  // For this folder only.
  [[nodiscard]] uv_loop_s* uv() const noexcept;
  /// Where bytes go that are being read: one buffer for all connections, since each is done
  /// with it before the next is read.
  [[nodiscard]] std::span<char> read_buffer() const noexcept;
  [[nodiscard]] static Loop& of(const uv_loop_s& loop) noexcept;

 private:
  struct State;

  SystemClock clock_;
  std::unique_ptr<State> state_;
};

}  // namespace plait::loop
