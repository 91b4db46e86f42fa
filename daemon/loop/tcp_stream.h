#pragma once

#include <memory>

#include "daemon/loop/socket_address.h"
#include "daemon/loop/stream.h"

namespace plait::loop {

class Loop;

/// A TCP connection, from a TcpListener or a TcpConnector. Small writes are never held back to
/// be joined with later ones: what belongs together is written together.
class TcpStream final : public Stream {
 public:
  [[nodiscard]] const SocketAddress& remote_address() const noexcept { return remote_; }

  // For this folder only: a stream that is not connected yet, and what completes it. False if
  // the peer has already gone.
  [[nodiscard]] static std::unique_ptr<TcpStream> unconnected(Loop& loop);
  [[nodiscard]] bool become_connected();
  [[nodiscard]] State& state() noexcept { return *state_; }

 private:
  using Stream::Stream;

  SocketAddress remote_;
};

}  // namespace plait::loop
