#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/loop/listener.h"
#include "daemon/loop/socket_address.h"
#include "daemon/loop/tcp_stream.h"
#include "protocol/base/result.h"

namespace plait::loop {

class Loop;

/// Accepts TCP connections.
class TcpListener final : public Listener {
 public:
  using OnAccept = std::function<void(std::unique_ptr<TcpStream>)>;

  /// `host` is an address or a name; a name is looked up here and now, and its first address
  /// counts. "::" is every address of this machine, IPv4 included. Port 0 is any that is free.
  static Result<std::unique_ptr<TcpListener>> listen(Loop& loop, const std::string& host,
                                                     std::uint16_t port, OnAccept on_accept);

  /// Where it listens, with the port that it was given.
  [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }

 private:
  struct TcpState;

  TcpListener(HandlePtr<State> state, SocketAddress address) noexcept;

  SocketAddress address_;
};

}  // namespace plait::loop
