#pragma once

#include <functional>

#include "daemon/loop/handle.h"

namespace plait::loop {

class Loop;

/// Calls back at the end of each turn: when all that was ready has been read, and again before
/// the loop waits, since timers may have fired in between. What is collected during a turn so
/// leaves in one go, and nothing waits for the next turn to be sent.
///
/// The order of several is not defined; what depends on one belongs into one callback. None of
/// them keeps its loop running.
class EndOfTurn {
 public:
  EndOfTurn(Loop& loop, std::function<void()> on_end);
  ~EndOfTurn();
  EndOfTurn(const EndOfTurn&) = delete;
  EndOfTurn& operator=(const EndOfTurn&) = delete;

 private:
  struct AfterReading;
  struct BeforeWaiting;

  HandlePtr<AfterReading> after_reading_;
  HandlePtr<BeforeWaiting> before_waiting_;
};

}  // namespace plait::loop
