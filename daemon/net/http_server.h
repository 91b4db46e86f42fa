#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "daemon/loop/tcp_listener.h"
#include "daemon/net/http_head.h"
#include "daemon/net/workbench.h"
#include "protocol/base/result.h"

namespace plait::net {

/// A listener for plain GET requests, one for each connection: health and metrics, for those
/// who watch over a server. Without TLS, so it belongs on an address that they alone reach.
class HttpServer {
 public:
  /// Called with GET requests; the answer to a HEAD request is the same, without its body.
  using Answer = std::function<HttpResponse(const HttpRequest&)>;

  static constexpr std::size_t kMaxConnections = 64;

  static Result<std::unique_ptr<HttpServer>> listen(Workbench& bench, const std::string& host,
                                                    std::uint16_t port, Answer answer);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  [[nodiscard]] const loop::SocketAddress& address() const noexcept {
    return listener_->address();
  }
  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }

 private:
  class OneRequest;

  HttpServer(Workbench& bench, Answer answer);
  void accept(std::unique_ptr<loop::TcpStream> stream);
  void release(OneRequest& request);

  Workbench& bench_;
  Answer answer_;
  std::unordered_map<OneRequest*, std::unique_ptr<OneRequest>> connections_;
  std::unique_ptr<loop::TcpListener> listener_;
};

}  // namespace plait::net
