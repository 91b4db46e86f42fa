#include "daemon/loop/readable.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {

struct Readable::State {
  explicit State(std::function<void()> callback) : on_readable(std::move(callback)) {}

  uv_poll_t handle{};
  std::function<void()> on_readable;
};

Readable::Readable(Loop& loop, int descriptor, std::function<void()> on_readable)
    : state_(new State(std::move(on_readable))) {
  uv_poll_t& handle = state_->handle;
  must(uv_poll_init(loop.uv(), &handle, descriptor), "making a poll of a descriptor");
  handle.data = state_.get();
  must(uv_poll_start(&handle, UV_READABLE,
                     // An error is found by reading.
                     [](uv_poll_t* ready, int, int) noexcept {
                       static_cast<State*>(ready->data)->on_readable();
                     }),
       "waiting for a descriptor");
}
Readable::~Readable() = default;

}  // namespace plait::loop
