#include "daemon/app/reception.h"

#include "daemon/support/log.h"

namespace plait::app {
namespace {

Counter& connections(Metrics& metrics, std::string_view outcome) {
  return metrics.counter("plait_connections_total", "Connections, by what became of them.",
                         {{"outcome", outcome}});
}

}  // namespace

Reception::Reception(server::Server& server, Metrics& metrics, const Clock& clock)
    : server_(server),
      welcomed_(connections(metrics, "welcomed")),
      refused_(connections(metrics, "refused")),
      lost_(connections(metrics, "lost")),
      clock_(clock) {}

std::variant<net::Welcome, net::HttpResponse> Reception::receive(
    const net::ConnectionInfo& info, net::Peer& peer) {
  auto answer = server_.receive(info, peer);
  if (std::holds_alternative<net::Welcome>(answer)) {
    welcomed_.add();
    log::debug("connected", {{"address", info.address}});
  }
  return answer;
}

void Reception::on_refused(const std::string& address, const net::HttpResponse& answer) {
  refused_.add();
  if (const auto held = refusals_.pass(clock_.now())) {
    log::info("connection refused",
              {{"address", address}, {"status", answer.status}, {"not_logged", *held}});
  }
}

void Reception::on_lost(const std::string& address, std::string_view why) {
  lost_.add();
  if (const auto held = losses_.pass(clock_.now())) {
    log::info("connection lost", {{"address", address}, {"why", why}, {"not_logged", *held}});
  }
}

}  // namespace plait::app
