#include "daemon/loop/listener.h"

#include <utility>

#include "daemon/loop/listener_state.h"
#include "daemon/loop/loop.h"
#include "daemon/support/log.h"

namespace plait::loop {
namespace {

/// Connections that may wait in the kernel: enough for everybody to come back at once after a
/// restart. The system's own limit applies as well.
constexpr int kBacklog = 4096;

}  // namespace

Listener::Listener(HandlePtr<State> state) noexcept : state_(std::move(state)) {}
Listener::~Listener() = default;

void Listener::pause() noexcept { state_->is_paused = true; }

void Listener::resume() {
  State& self = *state_;
  self.is_paused = false;
  if (std::exchange(self.has_waiting, false)) self.accept();
}

int Listener::State::listen() {
  return uv_listen(&handle.stream, kBacklog, [](uv_stream_t* stream, int status) noexcept {
    auto& self = *static_cast<State*>(stream->data);
    if (status < 0) {
      self.complain(status);
    } else if (self.is_paused) {
      self.has_waiting = true;  // libuv takes no further one until this one is accepted
    } else {
      self.accept();
    }
  });
}

/// Of what the kernel cannot give now; it is tried again in the next turn. Without a descriptor
/// for it, libuv takes a connection by one that it keeps for this, and drops it.
void Listener::State::complain(int status) {
  const auto held = complaints.pass(Loop::of(*handle.stream.loop).now());
  if (!held) return;
  log::warning("cannot accept a connection",
               {{"reason", uv_error(status, "accept").message}, {"more_of_these", *held}});
}

}  // namespace plait::loop
