#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/workbench.h"
#include "protocol/base/result.h"
#include "tests/support/connect_client.h"

namespace plait::support {

/// Puts a ConnectClient on a real connection. Makes one attempt each time it is told to.
class ConnectDialer final : private net::ClientConnection::Handler, private ConnectLine {
 public:
  /// What is borrowed outlives the dialer.
  ConnectDialer(net::Workbench& bench, net::MaskSource& masks, ConnectClient& client)
      : bench_(bench), masks_(masks), client_(client) {}
  ~ConnectDialer();

  /// Path and subprotocol are the protocol's, whatever the target says. What is on the line is
  /// hung up first.
  Result<void> dials(net::ClientTarget target);
  /// Tells the server, and does not wait for it.
  void hangs_up();
  /// Called after each connection has ended, or could not be made.
  void when_closed(std::function<void()> then) { when_closed_ = std::move(then); }

  [[nodiscard]] bool is_dialling_or_open() const noexcept { return connection_ != nullptr; }
  /// How the latest connection ended.
  [[nodiscard]] const std::optional<net::Ending>& closed() const noexcept { return closed_; }

 private:
  // net::ClientConnection::Handler
  void on_open(std::string_view subprotocol) override;
  void on_message(net::MessageKind kind, std::string_view payload) override {
    client_.received(kind, payload);
  }
  void on_backlog() override {}
  void on_drained() override {}
  void on_closed(const net::Ending& ending) override;
  // ConnectLine
  void say(net::MessageKind kind, std::string_view payload) override;

  net::Workbench& bench_;
  net::MaskSource& masks_;
  ConnectClient& client_;
  std::function<void()> when_closed_;
  std::optional<net::Ending> closed_;
  std::unique_ptr<net::ClientConnection> connection_;
};

}  // namespace plait::support
