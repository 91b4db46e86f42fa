#pragma once

#include <functional>

#include "daemon/loop/handle.h"

namespace plait::loop {

class Loop;

/// Calls back, turn after turn, for as long as a descriptor that is neither a file nor one of
/// this folder's own connections has something to be read. Keeps its loop running.
class Readable {
 public:
  /// The descriptor stays its owner's, who closes it after this object has gone.
  Readable(Loop& loop, int descriptor, std::function<void()> on_readable);
  ~Readable();
  Readable(const Readable&) = delete;
  Readable& operator=(const Readable&) = delete;

 private:
  struct State;

  HandlePtr<State> state_;
};

}  // namespace plait::loop
