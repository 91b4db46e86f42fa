#include "daemon/loop/pipe_listener.h"

#include <utility>

#include "daemon/loop/listener_state.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {
namespace {

constexpr int kOwnerOnly = 0600;

/// A call about a file that is made here and now.
struct FileCall {
  uv_fs_t request{};

  FileCall() = default;
  ~FileCall() { uv_fs_req_cleanup(&request); }
  FileCall(const FileCall&) = delete;
  FileCall& operator=(const FileCall&) = delete;
};

bool is_socket(const std::string& path) {
  FileCall call;
  return uv_fs_lstat(/*loop=*/nullptr, &call.request, path.c_str(), /*cb=*/nullptr) == 0 &&
         S_ISSOCK(call.request.statbuf.st_mode);
}

void remove_file(const std::string& path) {
  FileCall call;
  uv_fs_unlink(/*loop=*/nullptr, &call.request, path.c_str(), /*cb=*/nullptr);
}

int close_to_others(const std::string& path) {
  FileCall call;
  return uv_fs_chmod(/*loop=*/nullptr, &call.request, path.c_str(), kOwnerOnly, /*cb=*/nullptr);
}

}  // namespace

struct PipeListener::PipeState final : State {
  OnAccept on_accept;

  explicit PipeState(OnAccept callback) : on_accept(std::move(callback)) {}

  void accept() override {
    auto stream = PipeStream::unconnected(Loop::of(*handle.stream.loop));
    if (uv_accept(&handle.stream, &stream->state().handle.stream) == 0)
      on_accept(std::move(stream));
  }
};

Result<std::unique_ptr<PipeListener>> PipeListener::listen(Loop& loop, const std::string& path,
                                                           OnAccept on_accept) {
  const std::string doing = "listening on " + path;
  if (path.size() > kMaxSocketPath) {
    return fail(ErrorCode::LimitExceeded, doing + ": the path is too long for a socket");
  }
  if (is_socket(path)) remove_file(path);

  HandlePtr<State> state(new PipeState(std::move(on_accept)));
  must(uv_pipe_init(loop.uv(), &state->handle.pipe, /*ipc=*/0), "making a socket");
  int status = uv_pipe_bind(&state->handle.pipe, path.c_str());
  // Nobody can connect before it listens, so nobody can before it is closed to others.
  if (status == 0) status = close_to_others(path);
  if (status == 0) status = state->listen();
  if (status != 0) return Failure{uv_error(status, doing)};
  return std::unique_ptr<PipeListener>(new PipeListener(std::move(state)));
}

}  // namespace plait::loop
