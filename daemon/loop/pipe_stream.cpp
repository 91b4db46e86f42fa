#include "daemon/loop/pipe_stream.h"

#include <utility>

#include <sys/socket.h>

#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

std::unique_ptr<PipeStream> PipeStream::unconnected(Loop& loop) {
  HandlePtr<State> state(new State);
  must(uv_pipe_init(loop.uv(), &state->handle.pipe, /*ipc=*/0), "making a socket");
  return std::unique_ptr<PipeStream>(new PipeStream(std::move(state)));
}

Result<std::unique_ptr<PipeStream>> PipeStream::adopt(Loop& loop, int descriptor) {
  if (uv_guess_handle(descriptor) != UV_NAMED_PIPE) {
    return fail(ErrorCode::Unsupported, "neither a pipe nor a Unix socket");
  }
  auto stream = unconnected(loop);
  const int status = uv_pipe_open(&stream->state().handle.pipe, descriptor);
  if (status != 0) return Failure{uv_error(status, "opening a pipe")};
  return stream;
}

std::optional<std::uint32_t> PipeStream::peer_user() const noexcept {
  uv_os_fd_t descriptor = -1;
  if (uv_fileno(as_handle(state_->handle), &descriptor) != 0) return std::nullopt;
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.uid;
}

}  // namespace plait::loop
