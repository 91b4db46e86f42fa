#include "daemon/net/websocket_server.h"

#include <utility>
#include <vector>

#include "protocol/base/assert.h"

namespace plait::net {

WebSocketServer::WebSocketServer(Workbench& bench, WebSocketServerOptions options,
                                 Receptionist& receptionist)
    : bench_(bench), options_(std::move(options)), receptionist_(receptionist) {}

WebSocketServer::~WebSocketServer() = default;

Result<std::unique_ptr<WebSocketServer>> WebSocketServer::listen(Workbench& bench,
                                                                 WebSocketServerOptions options,
                                                                 Receptionist& receptionist) {
  std::unique_ptr<WebSocketServer> server(
      new WebSocketServer(bench, std::move(options), receptionist));
  auto listener =
      loop::TcpListener::listen(bench.loop(), server->options_.host, server->options_.port,
                                [made = server.get()](std::unique_ptr<loop::TcpStream> stream) {
                                  made->accept(std::move(stream));
                                });
  if (!listener) return forward_error(listener);
  server->listener_ = *std::move(listener);
  server->address_ = server->listener_->address();
  return server;
}

const loop::SocketAddress& WebSocketServer::address() const noexcept { return address_; }

void WebSocketServer::accept(std::unique_ptr<loop::TcpStream> stream) {
  const std::string address = stream->remote_address().ip;
  if (connections_.size() >= options_.max_connections) {
    receptionist_.on_lost(address, "too many connections");
    return;
  }
  auto connection = std::make_unique<ServerConnection>(
      bench_, std::move(stream), options_.tls ? TlsSession::accept(*options_.tls) : nullptr,
      options_.rules, receptionist_, static_cast<ServerConnection::Owner&>(*this));
  if (!options_.rules.behind_proxy && !connection->is_admitted()) {
    receptionist_.on_lost(address, "too many connections from its address");
    return;
  }
  ServerConnection& kept = *connection;
  connections_.emplace(&kept, std::move(connection));
  kept.start();
}

bool WebSocketServer::admit(const std::string& address) {
  std::size_t& count = per_network_[loop::network_of(address)];
  if (count >= options_.max_connections_per_address) return false;
  ++count;
  return true;
}

void WebSocketServer::release(ServerConnection& connection) {
  if (connection.is_admitted()) {
    const auto counted = per_network_.find(loop::network_of(connection.address()));
    PLAIT_ASSERT(counted != per_network_.end(), "an admitted connection to be counted");
    if (--counted->second == 0) per_network_.erase(counted);
  }
  const auto found = connections_.find(&connection);
  PLAIT_ASSERT(found != connections_.end(), "a connection to be released once");
  bench_.discard(std::move(found->second));
  connections_.erase(found);
}

void WebSocketServer::shut_down() {
  for (const auto& [connection, owned] : connections_) connection->shut_down();
}

std::size_t WebSocketServer::queued_bytes() const noexcept {
  std::size_t total = 0;
  for (const auto& [connection, owned] : connections_) total += connection->waiting_bytes();
  return total;
}

}  // namespace plait::net
