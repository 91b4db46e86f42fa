#include "daemon/loop/work.h"

#include <memory>
#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {

struct Work::State {
  uv_work_t request{};
  std::function<void()> work;
  std::function<void()> done;
  Work* owner = nullptr;  ///< null when it has lost interest

  static void run(uv_work_t* request) noexcept { static_cast<State*>(request->data)->work(); }

  static void finish(uv_work_t* request, int) noexcept {
    const std::unique_ptr<State> self(static_cast<State*>(request->data));
    if (self->owner == nullptr) return;
    self->owner->state_ = nullptr;
    self->done();
  }
};

Work::Work(Loop& loop, std::function<void()> work, std::function<void()> done)
    : state_(new State{.work = std::move(work), .done = std::move(done), .owner = this}) {
  state_->request.data = state_;
  must(uv_queue_work(loop.uv(), &state_->request, State::run, State::finish),
       "handing work to another thread");
}

Work::~Work() {
  if (state_ == nullptr) return;
  state_->owner = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&state_->request));  // in vain if it has begun
}

}  // namespace plait::loop
