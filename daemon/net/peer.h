#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/net/close_code.h"
#include "daemon/net/http_head.h"
#include "daemon/net/websocket_codec.h"

namespace plait::net {

/// What a session may do with its connection. Everything that is sent in one turn of the loop
/// leaves as one write. None of this calls back before it returns.
class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Queues whole frames, made by server_frame() and its like. Nothing happens once the
  /// connection is being closed.
  virtual void send(std::string_view frames) = 0;
  /// Sends what is queued, says why, and goes. Nothing is received any more; on_closed()
  /// follows once the connection is gone. Not for Receptionist::receive(), which refuses.
  virtual void close(CloseCode code, std::string_view reason) = 0;
  /// What was queued and has not left.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  /// How large a message may be, from the next one on; kMaxMessageBytesBeforeLogin at first.
  virtual void set_max_message(std::size_t bytes) = 0;

 protected:
  ~Peer() = default;
};

/// What a connection tells whoever uses it.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  virtual void on_message(MessageKind kind, std::string_view payload) = 0;
  /// More than kBacklogBytes wait for a peer that reads slowly: nothing that can be had later
  /// should be sent now. Told at the end of a turn, once until on_drained().
  virtual void on_backlog() = 0;
  /// Nothing waits any more. Told only after on_backlog().
  virtual void on_drained() = 0;
  /// The connection is gone, and with it the Peer. Always called, once, as the last.
  virtual void on_closed(const Ending& ending) = 0;
};

/// What is known of a connection that asks for a session.
struct ConnectionInfo {
  std::string address;  ///< of the peer, without its port
  std::string path;     ///< as it was sent: percent_decoded() makes it text
  std::string query;
  std::string host;
  std::vector<std::string> subprotocols;  ///< as offered, the most wanted first
  /// Keying material of the TLS channel, under the label that the server was given. Empty
  /// without TLS.
  std::string channel_binding;
};

/// A session for the connection, with the subprotocol that was chosen for it, if any.
struct Welcome {
  std::unique_ptr<Session> session;
  std::string subprotocol = {};
};

/// Who decides about a new connection. The Peer is good until on_closed(), or, for somebody who
/// is refused, until this returns.
class Receptionist {
 public:
  virtual std::variant<Welcome, HttpResponse> receive(const ConnectionInfo& info,
                                                      Peer& peer) = 0;

  // For logs and counters: who came and did not get a session.

  /// Was given this answer, by receive() or because it asked for no WebSocket.
  virtual void on_refused(const std::string& address, const HttpResponse& answer) = 0;
  /// Was gone before there was a request to answer: no TLS, too slow, too many.
  virtual void on_lost(const std::string& address, std::string_view why) = 0;

 protected:
  ~Receptionist() = default;
};

}  // namespace plait::net
