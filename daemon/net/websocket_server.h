#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/loop/tcp_listener.h"
#include "daemon/net/server_connection.h"
#include "daemon/net/tls.h"
#include "protocol/base/result.h"

namespace plait::net {

struct WebSocketServerOptions {
  std::string host = "127.0.0.1";      ///< to listen at
  std::uint16_t port = 0;              ///< 0: any that is free
  std::optional<TlsContext> tls = {};  ///< none: plain text, for loopback and behind proxies
  ServerRules rules = {};
  std::size_t max_connections = 20'000;
  /// Of one IPv4 address, or one IPv6 network.
  std::size_t max_connections_per_address = 20'000;
};

/// Accepts connections and keeps them until they are over.
class WebSocketServer final : private ServerConnection::Owner {
 public:
  /// What is borrowed outlives the server.
  static Result<std::unique_ptr<WebSocketServer>> listen(Workbench& bench,
                                                         WebSocketServerOptions options,
                                                         Receptionist& receptionist);
  WebSocketServer(const WebSocketServer&) = delete;
  WebSocketServer& operator=(const WebSocketServer&) = delete;
  /// Drops what is still connected.
  virtual ~WebSocketServer();

  /// With the port that it was given.
  [[nodiscard]] const loop::SocketAddress& address() const noexcept;
  /// For connections that come from now on.
  void use(TlsContext tls) { options_.tls = std::move(tls); }
  /// Takes no new connections any more.
  void stop_listening() noexcept { listener_.reset(); }
  /// Tells all who are connected that the server stops, and drops those who have no session.
  void shut_down();

  [[nodiscard]] std::size_t connections() const noexcept { return connections_.size(); }
  /// What waits for all of them, for those who watch over a server.
  [[nodiscard]] std::size_t queued_bytes() const noexcept;

 private:
  WebSocketServer(Workbench& bench, WebSocketServerOptions options, Receptionist& receptionist);

  void accept(std::unique_ptr<loop::TcpStream> stream);
  bool admit(const std::string& address) override;
  void release(ServerConnection& connection) override;

  Workbench& bench_;
  WebSocketServerOptions options_;
  Receptionist& receptionist_;
  loop::SocketAddress address_;
  std::unordered_map<ServerConnection*, std::unique_ptr<ServerConnection>> connections_;
  std::unordered_map<std::string, std::size_t> per_network_;  ///< admitted; loop::network_of()
  std::unique_ptr<loop::TcpListener> listener_;
};

}  // namespace plait::net
