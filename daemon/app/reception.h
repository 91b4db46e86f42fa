#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/server.h"
#include "daemon/support/clock.h"
#include "daemon/support/metrics.h"
#include "daemon/support/seldom.h"

namespace plait::app {

/// What anybody who reaches the port can cause is logged at most so often, each kind of it.
inline constexpr std::chrono::milliseconds kStrangersLogPause{100};

/// Where connections come to the server, seen by whoever runs it.
class Reception final : public net::Receptionist {
 public:
  /// All outlive it.
  Reception(server::Server& server, Metrics& metrics, const Clock& clock);

  std::variant<net::Welcome, net::HttpResponse> receive(const net::ConnectionInfo& info,
                                                        net::Peer& peer) override;
  void on_refused(const std::string& address, const net::HttpResponse& answer) override;
  void on_lost(const std::string& address, std::string_view why) override;

 private:
  server::Server& server_;
  Counter& welcomed_;
  Counter& refused_;
  Counter& lost_;
  const Clock& clock_;
  Seldom refusals_{kStrangersLogPause};
  Seldom losses_{kStrangersLogPause};
};

}  // namespace plait::app
