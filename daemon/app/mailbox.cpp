#include "daemon/app/mailbox.h"

#include <utility>

namespace plait::app {

void Mailbox::post(std::function<void()> call) {
  {
    const std::lock_guard lock(mutex_);
    calls_.push_back(std::move(call));
  }
  wakeup_.wake();
}

void Mailbox::deliver() {
  std::vector<std::function<void()>> calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
  }
  for (const auto& call : calls) call();
}

}  // namespace plait::app
