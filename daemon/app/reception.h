#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/server.h"
#include "daemon/support/metrics.h"

namespace plait::app {

/// Where connections come to the server, seen by whoever runs it.
class Reception final : public net::Receptionist {
 public:
  /// Both outlive it.
  Reception(server::Server& server, Metrics& metrics);

  std::variant<net::Welcome, net::HttpResponse> receive(const net::ConnectionInfo& info,
                                                        net::Peer& peer) override;
  void on_refused(const std::string& address, const net::HttpResponse& answer) override;
  void on_lost(const std::string& address, std::string_view why) override;

 private:
  server::Server& server_;
  Counter& welcomed_;
  Counter& refused_;
  Counter& lost_;
};

}  // namespace plait::app
