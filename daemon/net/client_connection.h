#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/login_proof.h"
#include "daemon/loop/tcp_connector.h"
#include "daemon/loop/timer.h"
#include "daemon/net/channel.h"
#include "daemon/net/heartbeat.h"
#include "daemon/net/http_head.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/proxy_connect.h"
#include "daemon/net/tls.h"
#include "daemon/net/websocket_codec.h"
#include "daemon/net/websocket_handshake.h"
#include "daemon/net/workbench.h"
#include "protocol/base/result.h"

namespace plait::net {

/// How long it may take to reach a server, before TLS.
inline constexpr std::chrono::seconds kConnectTime{10};

/// Where a client wants to go.
struct ClientTarget {
  std::string host;  ///< a name or an address, without brackets
  std::uint16_t port = 443;
  std::string target = "/";         ///< path and query, encoded
  const TlsContext* tls = nullptr;  ///< null: without TLS. Needed until start() returns
  std::optional<crypto::Fingerprint> fingerprint = {};  ///< of the server's certificate
  std::vector<std::string> subprotocols = {};
  std::string origin = {};
  std::optional<Proxy> proxy = {};  ///< the way there
};

/// The client's end of a WebSocket. Makes one attempt: redialling is for its user.
class ClientConnection final : public Connection,
                               private ChannelHandler,
                               private WebSocketCodec::Handler {
 public:
  /// None of these may destroy the connection; Workbench::discard() can.
  class Handler {
   public:
    /// Messages can be sent and will be received.
    virtual void on_open(std::string_view subprotocol) = 0;
    virtual void on_message(MessageKind kind, std::string_view payload) = 0;
    /// See Session.
    virtual void on_backlog() = 0;
    virtual void on_drained() = 0;
    /// The connection is over, or could not be made. Called once, as the last.
    virtual void on_closed(const Ending& ending) = 0;

   protected:
    ~Handler() = default;
  };

  /// What is borrowed outlives the connection.
  ClientConnection(Workbench& bench, MaskSource& masks, Handler& handler);
  ~ClientConnection() override;

  /// Sets out. Fails only for what can be seen at once: no host, for example.
  Result<void> start(const ClientTarget& target);

  // From on_open() on. Nothing happens once the connection is closing.

  /// What is larger than a frame may be goes in several.
  void send(MessageKind kind, std::string_view payload);
  void close(CloseCode code, std::string_view reason);

  [[nodiscard]] std::size_t queued_bytes() const noexcept;
  /// Whether it ended because what answered is not the server that was expected, or could not
  /// prove it.
  [[nodiscard]] bool distrusted_server() const noexcept { return distrusted_server_; }
  /// Null until it is there, and without TLS.
  [[nodiscard]] const TlsSession* tls() const noexcept {
    return channel_ ? channel_->tls() : nullptr;
  }
  /// What a login over this connection is bound to; the server has it too.
  [[nodiscard]] crypto::LoginChannel login_channel() const;

 private:
  enum class Phase : std::uint8_t { Connecting, Handshake, Open, Closing, Over };

  void on_connected(Result<std::unique_ptr<loop::TcpStream>> stream);
  void on_way_through(Result<std::unique_ptr<loop::TcpStream>> stream);
  void take_response(std::span<char> bytes);
  void receive(std::span<char> bytes);
  void say_close(const Ending& ending);
  void be_over(const Ending& ending);
  void give_up(std::string_view why);
  void send_frame(Opcode opcode, std::string_view payload, bool final = true);

  // ChannelHandler
  void on_ready() override;
  void on_bytes(std::span<char> bytes) override;
  void on_backlog() override { handler_.on_backlog(); }
  void on_drained() override { handler_.on_drained(); }
  void on_tick(MonotonicTime now) override;
  void on_gone(std::string_view why) override;

  // WebSocketCodec::Handler
  void on_message(MessageKind kind, std::string_view payload) override;
  void on_ping(std::string_view payload) override;
  void on_close(const Ending& ending) override;

  Workbench& bench_;
  MaskSource& masks_;
  Handler& handler_;
  Phase phase_ = Phase::Connecting;
  std::optional<Ending> own_ending_;  ///< what close() was called with
  UpgradeRequest request_;
  std::unique_ptr<TlsSession> tls_;  ///< until there is a channel for it
  std::optional<HttpHeadReader> head_{std::in_place};
  MonotonicTime ready_at_;
  Heartbeat heartbeat_;
  WebSocketCodec codec_;
  std::unique_ptr<loop::TcpConnector> connector_;  ///< as long as it is at it
  std::optional<loop::Timer> connect_timer_;       ///< the same
  std::string connect_request_;                    ///< to a proxy; empty: there is none
  std::unique_ptr<ProxyTunnel> tunnel_;
  bool distrusted_server_ = false;
  std::optional<Channel> channel_;  // last: it calls the others
};

}  // namespace plait::net
