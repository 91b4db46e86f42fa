#include "daemon/loop/tcp_listener.h"

#include <utility>

#include "daemon/loop/address_lookup.h"
#include "daemon/loop/listener_state.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/stream_state.h"

namespace plait::loop {

struct TcpListener::TcpState final : State {
  OnAccept on_accept;

  explicit TcpState(OnAccept callback) : on_accept(std::move(callback)) {}

  void accept() override {
    auto stream = TcpStream::unconnected(Loop::of(*handle.stream.loop));
    const bool is_here = uv_accept(&handle.stream, &stream->state().handle.stream) == 0 &&
                         stream->become_connected();
    if (is_here) on_accept(std::move(stream));
  }
};

TcpListener::TcpListener(HandlePtr<State> state, SocketAddress address) noexcept
    : Listener(std::move(state)), address_(std::move(address)) {}

Result<std::unique_ptr<TcpListener>> TcpListener::listen(Loop& loop, const std::string& host,
                                                         std::uint16_t port,
                                                         OnAccept on_accept) {
  const std::string doing = "listening on " + to_text({host, port});
  uv_getaddrinfo_t lookup{};
  const addrinfo hints = tcp_hints();
  int status = uv_getaddrinfo(loop.uv(), &lookup, /*cb=*/nullptr, host.c_str(),
                              std::to_string(port).c_str(), &hints);
  if (status != 0) return Failure{uv_error(status, doing)};
  const AddressList found(lookup.addrinfo);

  HandlePtr<State> state(new TcpState(std::move(on_accept)));
  must(uv_tcp_init(loop.uv(), &state->handle.tcp), "making a socket");
  status = uv_tcp_bind(&state->handle.tcp, found->ai_addr, /*flags=*/0);
  if (status == 0) status = state->listen();
  sockaddr_storage bound{};
  int size = sizeof bound;
  if (status == 0) {
    status = uv_tcp_getsockname(&state->handle.tcp, reinterpret_cast<sockaddr*>(&bound), &size);
  }
  if (status != 0) return Failure{uv_error(status, doing)};
  return std::unique_ptr<TcpListener>(new TcpListener(std::move(state), read_address(bound)));
}

}  // namespace plait::loop
