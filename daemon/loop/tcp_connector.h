#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "daemon/loop/tcp_stream.h"
#include "protocol/base/result.h"

namespace plait::loop {

class Loop;

/// One try to reach somebody: looks the host's name up, and tries its addresses one after the
/// other. Has no deadline of its own: destroying it gives up.
class TcpConnector {
 public:
  using OnDone = std::function<void(Result<std::unique_ptr<TcpStream>>)>;

  /// Fails only if `host` cannot be the name of a host. Everything else is told to `on_done`,
  /// once; it may destroy the connector.
  static Result<std::unique_ptr<TcpConnector>> connect(Loop& loop, const std::string& host,
                                                       std::uint16_t port, OnDone on_done);
  ~TcpConnector();
  TcpConnector(const TcpConnector&) = delete;
  TcpConnector& operator=(const TcpConnector&) = delete;

 private:
  struct State;

  TcpConnector() = default;

  State* state_ = nullptr;  ///< owned by the request that is under way; null when all is done
};

}  // namespace plait::loop
