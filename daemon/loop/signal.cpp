#include "daemon/loop/signal.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {

struct Signal::State {
  explicit State(std::function<void()> callback) : on_signal(std::move(callback)) {}

  uv_signal_t handle{};
  std::function<void()> on_signal;
};

Signal::Signal(Loop& loop, int number, std::function<void()> on_signal)
    : state_(new State(std::move(on_signal))) {
  uv_signal_t& handle = state_->handle;
  must(uv_signal_init(loop.uv(), &handle), "making a signal watcher");
  handle.data = state_.get();
  must(uv_signal_start(
           &handle,
           [](uv_signal_t* received, int) noexcept {
             static_cast<State*>(received->data)->on_signal();
           },
           number),
       "watching for a signal");
}
Signal::~Signal() = default;

}  // namespace plait::loop
