#include "daemon/loop/tcp_stream.h"

#include <utility>

#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

std::unique_ptr<TcpStream> TcpStream::unconnected(Loop& loop) {
  HandlePtr<State> state(new State);
  must(uv_tcp_init(loop.uv(), &state->handle.tcp), "making a socket");
  return std::unique_ptr<TcpStream>(new TcpStream(std::move(state)));
}

bool TcpStream::become_connected() {
  sockaddr_storage remote{};
  int size = sizeof remote;
  if (uv_tcp_getpeername(&state_->handle.tcp, reinterpret_cast<sockaddr*>(&remote), &size) !=
          0 ||
      uv_tcp_nodelay(&state_->handle.tcp, /*enable=*/1) != 0) {
    return false;
  }
  remote_ = read_address(remote);
  return true;
}

}  // namespace plait::loop
