#include "daemon/loop/wakeup.h"

#include <atomic>
#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {

struct Wakeup::State {
  explicit State(std::function<void()> callback) : on_wake(std::move(callback)) {}

  uv_async_t handle{};
  std::function<void()> on_wake;
  /// A call is on its way. libuv keeps such a flag too, but reads it without a barrier: a
  /// wake() at the moment of the callback could see it still set, while the callback does not
  /// see yet what was written before the wake().
  std::atomic<bool> is_pending = false;

  static void on_async(uv_async_t* woken) noexcept {
    auto& self = *static_cast<State*>(woken->data);
    self.is_pending.exchange(false);
    self.on_wake();
  }
};

Wakeup::Wakeup(Loop& loop, std::function<void()> on_wake)
    : state_(new State(std::move(on_wake))) {
  must(uv_async_init(loop.uv(), &state_->handle, State::on_async), "making a wakeup");
  state_->handle.data = state_.get();
}
Wakeup::~Wakeup() = default;

void Wakeup::wake() noexcept {
  if (!state_->is_pending.exchange(true)) uv_async_send(&state_->handle);
}

}  // namespace plait::loop
