#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "daemon/loop/wakeup.h"

namespace plait::app {

/// Brings calls from other threads to the loop's, in their order.
class Mailbox {
 public:
  explicit Mailbox(loop::Loop& loop) : wakeup_(loop, [this] { deliver(); }) {}

  /// From any thread.
  void post(std::function<void()> call);

 private:
  void deliver();

  std::mutex mutex_;
  std::vector<std::function<void()>> calls_;  // under mutex_
  loop::Wakeup wakeup_;
};

}  // namespace plait::app
