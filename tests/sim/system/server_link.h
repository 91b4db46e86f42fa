#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "daemon/support/random.h"
#include "daemon/sync/backoff.h"
#include "daemon/sync/line.h"
#include "daemon/sync/session.h"
#include "daemon/workspace/outside.h"
#include "tests/sim/network.h"
#include "tests/sim/server_machine.h"

namespace plait::sim::system {

/// What sync::Dialer is on real connections: keeps a session connected over lines that end at
/// the simulated server.
class ServerLink final : public workspace::Connection, private Program, private sync::Line {
 public:
  struct Around {
    ServerMachine& server;
    const SimClock& clock;
    Random& random;
    std::size_t machine = 0;
    std::function<void(ServerLink*)> on_gone;
  };
  ServerLink(const Around& around, sync::Session& session);
  ~ServerLink() override;

  void try_now() override;

  /// Null while there is none.
  [[nodiscard]] sim::Line* line() const noexcept { return line_.get(); }
  [[nodiscard]] sync::Session& session() const noexcept { return session_; }

  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;
  void advance();
  /// At the end of each turn: whatever happened in it, this is what comes next.
  void settle();

 private:
  // Program
  void connected(support::ConnectLine& line, crypto::LoginChannel channel) override;
  void received(net::MessageKind kind, std::string_view payload) override;
  void disconnected() override;
  // sync::Line
  void send(net::MessageKind kind, std::string_view payload) override;
  void close(net::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }

  void dial();

  const Around around_;
  sync::Session& session_;
  sync::Backoff backoff_;
  std::shared_ptr<sim::Line> line_;  ///< shared with what is on the agenda about it
  support::ConnectLine* out_ = nullptr;
  std::optional<MonotonicTime> online_since_;
  sync::Backoff::Duration conversation_{};  ///< how long the latest one was
  std::optional<MonotonicTime> redial_at_;
};

}  // namespace plait::sim::system
