#include "daemon/loop/pipe_stream.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

std::unique_ptr<PipeStream> PipeStream::unconnected(Loop& loop) {
  HandlePtr<State> state(new State);
  must(uv_pipe_init(loop.uv(), &state->handle.pipe, /*ipc=*/0), "making a socket");
  return std::unique_ptr<PipeStream>(new PipeStream(std::move(state)));
}

}  // namespace plait::loop
