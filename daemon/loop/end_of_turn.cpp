#include "daemon/loop/end_of_turn.h"

#include <memory>
#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {
namespace {

/// Shared by the two handles, which libuv lets go of one after the other.
using SharedCallback = std::shared_ptr<std::function<void()>>;

}  // namespace

struct EndOfTurn::AfterReading {
  uv_check_t handle{};
  SharedCallback on_end;
};

struct EndOfTurn::BeforeWaiting {
  uv_prepare_t handle{};
  SharedCallback on_end;
};

EndOfTurn::EndOfTurn(Loop& loop, std::function<void()> on_end)
    : after_reading_(new AfterReading), before_waiting_(new BeforeWaiting) {
  const auto callback = std::make_shared<std::function<void()>>(std::move(on_end));
  after_reading_->on_end = callback;
  before_waiting_->on_end = callback;

  uv_check_t& check = after_reading_->handle;
  must(uv_check_init(loop.uv(), &check), "watching for the end of a turn");
  check.data = after_reading_.get();
  must(uv_check_start(&check,
                      [](uv_check_t* fired) noexcept {
                        (*static_cast<AfterReading*>(fired->data)->on_end)();
                      }),
       "watching for the end of a turn");
  uv_unref(as_handle(check));

  uv_prepare_t& prepare = before_waiting_->handle;
  must(uv_prepare_init(loop.uv(), &prepare), "watching for the end of a turn");
  prepare.data = before_waiting_.get();
  must(uv_prepare_start(&prepare,
                        [](uv_prepare_t* fired) noexcept {
                          (*static_cast<BeforeWaiting*>(fired->data)->on_end)();
                        }),
       "watching for the end of a turn");
  uv_unref(as_handle(prepare));
}

EndOfTurn::~EndOfTurn() = default;

}  // namespace plait::loop
