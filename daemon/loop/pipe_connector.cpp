#include "daemon/loop/pipe_connector.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

struct PipeConnector::State {
  std::string doing;
  OnDone on_done;
  PipeConnector* owner = nullptr;  ///< null when it has given up
  std::unique_ptr<PipeStream> stream;
  uv_connect_t request{};

  static void on_connected(uv_connect_t* request, int status) noexcept {
    const std::unique_ptr<State> self(static_cast<State*>(request->data));
    if (self->owner == nullptr) return;
    self->owner->state_ = nullptr;
    if (status == 0) {
      self->on_done(std::move(self->stream));
    } else {
      self->on_done(Failure{uv_error(status, self->doing)});
    }
  }
};

Result<std::unique_ptr<PipeConnector>> PipeConnector::connect(Loop& loop,
                                                              const std::string& path,
                                                              OnDone on_done) {
  const std::string doing = "connecting to " + path;
  if (path.size() > kMaxSocketPath) {
    return fail(ErrorCode::LimitExceeded, doing + ": the path is too long for a socket");
  }
  std::unique_ptr<PipeConnector> connector(new PipeConnector);
  connector->state_ = new State{.doing = doing,
                                .on_done = std::move(on_done),
                                .owner = connector.get(),
                                .stream = PipeStream::unconnected(loop)};
  State& state = *connector->state_;
  state.request.data = &state;
  uv_pipe_connect(&state.request, &state.stream->state().handle.pipe, path.c_str(),
                  State::on_connected);
  return connector;
}

PipeConnector::~PipeConnector() {
  if (state_ == nullptr) return;
  state_->owner = nullptr;
  state_->stream.reset();  // which calls back, and so frees the state
}

}  // namespace plait::loop
