#include "daemon/loop/loop.h"

#include <array>
#include <csignal>
#include <cstddef>

#include "daemon/loop/uv_handle.h"

namespace plait::loop {
namespace {

/// Enough that a busy connection fills it seldom, and that it stays in the processor's cache.
constexpr std::size_t kReadBufferBytes = std::size_t{64} * 1024;

/// Handlers that somebody else has put there stay.
void make_broken_pipes_an_error() {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  if (before != SIG_DFL && before != SIG_ERR) std::signal(SIGPIPE, before);
}

}  // namespace

struct Loop::State {
  uv_loop_t loop{};
  std::array<char, kReadBufferBytes> read_buffer{};
};

Loop::Loop() : state_(std::make_unique<State>()) {
  make_broken_pipes_an_error();
  must(uv_loop_init(uv()), "making an event loop");
  uv()->data = this;
}

Loop::~Loop() {
  uv_walk(
      uv(),
      [](uv_handle_t* handle, void*) noexcept {
        PLAIT_ASSERT(uv_is_closing(handle) != 0, "everything to go before its loop");
      },
      /*arg=*/nullptr);
  uv_run(uv(), UV_RUN_DEFAULT);
  PLAIT_ASSERT(uv_loop_close(uv()) == 0, "nothing to be left on the loop");
}

void Loop::run() { uv_run(uv(), UV_RUN_DEFAULT); }
void Loop::stop() noexcept { uv_stop(uv()); }

uv_loop_t* Loop::uv() const noexcept { return &state_->loop; }
std::span<char> Loop::read_buffer() const noexcept { return state_->read_buffer; }
Loop& Loop::of(const uv_loop_t& loop) noexcept { return *static_cast<Loop*>(loop.data); }

}  // namespace plait::loop
