#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/loop/tcp_stream.h"
#include "daemon/net/channel.h"
#include "daemon/net/heartbeat.h"
#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/net/websocket_codec.h"
#include "daemon/net/websocket_handshake.h"
#include "daemon/net/workbench.h"

namespace plait::net {

/// What all connections of a server have in common.
struct ServerRules {
  HandshakeRules handshake = {};
  /// Whether X-Forwarded-For is to be believed.
  bool behind_proxy = false;
};

/// One accepted connection: TLS, if there is any, then an HTTP request, then a WebSocket.
class ServerConnection final : public Connection,
                               private ChannelHandler,
                               private WebSocketCodec::Handler,
                               private Peer {
 public:
  /// Who keeps connections.
  class Owner {
   public:
    /// Whether one more connection from this address is fine. Asked once the address is known.
    virtual bool admit(const std::string& address) = 0;
    /// The connection is over; to be handed to Workbench::discard().
    virtual void release(ServerConnection& connection) = 0;

   protected:
    ~Owner() = default;
  };

  /// What is borrowed outlives the connection.
  ServerConnection(Workbench& bench, std::unique_ptr<loop::TcpStream> stream,
                   std::unique_ptr<TlsSession> tls, const ServerRules& rules,
                   Receptionist& receptionist, Owner& owner);
  ~ServerConnection() override;

  void start() { channel_.start(); }
  /// For a server that stops: says so, and goes.
  void shut_down();

  /// Of the client: as a proxy says, once there was a request, if it is to be believed.
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  /// Whether admit() said so, and the connection counts for its address.
  [[nodiscard]] bool is_admitted() const noexcept { return is_admitted_; }
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return channel_.queued_bytes(); }

 private:
  // ChannelHandler
  void on_ready() override;
  void on_bytes(std::span<char> bytes) override;
  void on_backlog() override;
  void on_drained() override;
  void on_tick(MonotonicTime now) override;
  void on_gone(std::string_view why) override;

  // WebSocketCodec::Handler
  void on_message(MessageKind kind, std::string_view payload) override;
  void on_ping(std::string_view payload) override;
  void on_close(const Ending& ending) override;

  // Peer
  void send(std::string_view frames) override;
  void close(CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return channel_.queued_bytes(); }
  void set_max_message(std::size_t bytes) override { codec_.set_max_message(bytes); }

  [[nodiscard]] bool is_open() const noexcept { return !head_.has_value(); }
  void take_request(std::span<char> bytes);
  void open(Upgrade upgrade);
  void receive(std::span<char> bytes);
  void refuse(const HttpResponse& response);
  void say_close(const Ending& ending);
  void tell_session(const Ending& ending);

  Workbench& bench_;
  const ServerRules& rules_;
  Receptionist& receptionist_;
  Owner& owner_;
  std::string address_;
  bool is_admitted_ = false;
  bool is_closing_ = false;  ///< a close frame, or a refusal, was sent
  /// The request, until it is there. Then the connection is a WebSocket, or closing.
  std::optional<HttpHeadReader> head_{std::in_place};
  MonotonicTime ready_at_;
  Heartbeat heartbeat_;
  WebSocketCodec codec_;
  /// What a session says before the response to its request is written; null at other times.
  std::string* early_frames_ = nullptr;
  std::unique_ptr<Session> session_;
  Channel channel_;  // last: it calls the others
};

}  // namespace plait::net
