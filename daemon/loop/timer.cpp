#include "daemon/loop/timer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {
namespace {

std::uint64_t whole_milliseconds(Timer::Duration duration) {
  const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(duration).count();
  return static_cast<std::uint64_t>(std::max(rounded_up, std::int64_t{0}));
}

}  // namespace

struct Timer::State {
  explicit State(std::function<void()> callback) : on_fire(std::move(callback)) {}

  uv_timer_t handle{};
  std::function<void()> on_fire;
};

Timer::Timer(Loop& loop, std::function<void()> on_fire)
    : state_(new State(std::move(on_fire))) {
  must(uv_timer_init(loop.uv(), &state_->handle), "making a timer");
  state_->handle.data = state_.get();
}
Timer::~Timer() = default;

void Timer::start_at(MonotonicTime due) { start_at(due, Duration::zero()); }
void Timer::start(Duration after) { start(after, Duration::zero()); }
void Timer::start(Duration after, Duration every) {
  start_at(Loop::of(*state_->handle.loop).now() + after, every);
}

void Timer::start_at(MonotonicTime due, Duration every) {
  // uv_timer_start() counts from the turn's time, which may be long ago, in whole milliseconds
  // of the same clock as MonotonicTime's.
  uv_timer_t& handle = state_->handle;
  const std::uint64_t due_ms = whole_milliseconds(due.time_since_epoch());
  const std::uint64_t turn_ms = uv_now(handle.loop);
  must(uv_timer_start(
           &handle,
           [](uv_timer_t* fired) noexcept { static_cast<State*>(fired->data)->on_fire(); },
           due_ms > turn_ms ? due_ms - turn_ms : 0, whole_milliseconds(every)),
       "starting a timer");
}

void Timer::stop() noexcept { uv_timer_stop(&state_->handle); }
bool Timer::is_running() const noexcept { return uv_is_active(as_handle(state_->handle)) != 0; }

}  // namespace plait::loop
