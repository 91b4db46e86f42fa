#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/fingerprint.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/timer.h"
#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/proxy_connect.h"
#include "daemon/net/tls.h"
#include "daemon/net/workbench.h"
#include "daemon/support/random.h"
#include "daemon/sync/backoff.h"
#include "daemon/sync/line.h"
#include "daemon/sync/session.h"

namespace plait::sync {

/// Where a workspace's server is.
struct ServerAddress {
  std::string host;
  std::uint16_t port = 443;
  /// Of its certificate; otherwise the certificate has to be for that host, by an authority.
  std::optional<crypto::Fingerprint> fingerprint = {};
  std::optional<net::Proxy> proxy = {};  ///< the way there
};

/// Keeps a Session connected: dials, waits longer after each failure, and wakes the session
/// when it asked to be. Stops where only a person can help (Session::stopped()).
class Dialer final : private net::ClientConnection::Handler, private Line {
 public:
  /// What is borrowed outlives the dialer. Without a context there is no TLS.
  Dialer(net::Workbench& bench, net::MaskSource& masks, Random& random,
         const net::TlsContext* tls, Session& session, ServerAddress address);
  ~Dialer();

  /// Sets out. Nothing is said before.
  void start();
  /// Hangs up, and stays where it is until start().
  void stop();
  /// Dials at once, if it waits: a person has acted, or the network has come back.
  void try_now();
  /// From the next attempt on.
  void set_address(ServerAddress address) { address_ = std::move(address); }

  [[nodiscard]] bool is_connected() const noexcept { return is_open_; }
  /// When the next attempt is made, if one is waited for.
  [[nodiscard]] const std::optional<MonotonicTime>& next_attempt() const noexcept {
    return redial_at_;
  }

 private:
  // net::ClientConnection::Handler
  void on_open(std::string_view subprotocol) override;
  void on_message(net::MessageKind kind, std::string_view payload) override;
  void on_backlog() override { session_.fell_behind(); }
  void on_drained() override { session_.drained(); }
  void on_closed(const net::Ending& ending) override;
  // Line
  void send(net::MessageKind kind, std::string_view payload) override;
  void close(net::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override;

  void dial();
  void settle();
  void wake();
  [[nodiscard]] MonotonicTime::duration pause();

  net::Workbench& bench_;
  net::MaskSource& masks_;
  const net::TlsContext* const tls_;
  Session& session_;
  ServerAddress address_;
  Backoff backoff_;
  bool is_started_ = false;
  bool is_open_ = false;     ///< and the session talks on it
  bool is_closing_ = false;  ///< and nobody wants to hear how it ends
  std::unique_ptr<net::ClientConnection> connection_;
  std::optional<MonotonicTime> online_since_;
  MonotonicTime::duration conversation_{};  ///< how long the latest one was
  std::optional<MonotonicTime> redial_at_;
  std::optional<MonotonicTime> timer_at_;
  loop::Timer timer_;
  loop::EndOfTurn end_of_turn_;  // last: these call the others
};

}  // namespace plait::sync
