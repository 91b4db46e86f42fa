#include "daemon/sync/dialer.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/end_of_turn.h"
#include "daemon/net/websocket_server.h"
#include "tests/support/http_proxy.h"
#include "tests/support/run_until.h"
#include "tests/unit/net/network.h"
#include "tests/unit/sync/journey.h"

namespace plait::sync {
namespace {

using namespace std::chrono_literals;

/// Lets everybody in whom the server takes.
struct Door final : net::Receptionist {
  explicit Door(server::Club& to) : club(to) {}
  std::variant<net::Welcome, net::HttpResponse> receive(const net::ConnectionInfo& info,
                                                        net::Peer& peer) override {
    return club.server->receive(info, peer);
  }
  void on_refused(const std::string& /*address*/, const net::HttpResponse& /*why*/) override {}
  void on_lost(const std::string& /*address*/, std::string_view /*why*/) override {}

  server::Club& club;
};

/// The club's server on a port of this machine, with TLS, and a member who dials it.
struct Loopback : Journey {
  Loopback() { opens(); }

  void opens(std::uint16_t port = 0) {
    net::WebSocketServerOptions options;
    options.port = port;
    options.tls = net::server_context();
    socket = net::WebSocketServer::listen(bench, std::move(options), door).value();
  }
  [[nodiscard]] std::uint16_t port() const { return socket->address().port; }
  [[nodiscard]] ServerAddress address() const {
    return {.host = "127.0.0.1", .port = port(), .fingerprint = net::fingerprint()};
  }
  Session::Config ann_is() {
    return {.device = device_of("Ann"),
            .person = "Ann",
            .software = {"traveller", "1"},
            .workspace = "w",
            .replica = "r-dialer",
            .invite = {},
            .is_pinned = true,
            .generation = {}};
  }
  void dials(ServerAddress to) {
    ann.session.want_clients(1);
    dialer.emplace(bench, masks, random, &trust, ann.session, std::move(to));
    dialer->start();
  }
  template <class Holds>
  void until(Holds holds) {
    support::run_until(loop, holds);
  }
  void until_online() {
    until([&] { return ann.session.is_online() && !ann.client_ids.empty(); });
  }
  void until_saved(const std::string& text) {
    until([&] { return ann.unsaved() == 0 && ann.is_in_step("f-1"); });
    BOOST_TEST(stored_text("f-1") == text);
  }

  loop::Loop loop;
  SystemClock wall;
  net::MaskSource masks{random};
  net::Workbench bench{loop, wall};
  loop::EndOfTurn end_of_turn{loop, [this] {
                                server->end_of_turn();
                                store.sync();
                                store.answer();
                                server->end_of_turn();
                                bench.end_of_turn();
                              }};
  Door door{*this};
  std::unique_ptr<net::WebSocketServer> socket;
  net::TlsContext trust = net::TlsContext::client().value();
  Traveller ann{ann_is(), wall};
  std::optional<Dialer> dialer;
};

BOOST_FIXTURE_TEST_SUITE(dialer, Loopback)

BOOST_AUTO_TEST_CASE(a_session_is_kept_connected) {
  dials(address());
  until_online();
  ann.types("f-1", "over TLS");
  until_saved("over TLS");

  const std::uint16_t same = port();
  socket.reset();  // the server's machine is cut off
  until([&] { return ann.absence() == Absence::Cut; });
  ann.types("f-1", " and back");
  until([&] { return ann.offline.size() >= 3U; });  // several attempts came to nothing
  BOOST_TEST(!dialer->is_connected());
  opens(same);
  until_saved("over TLS and back");
}

BOOST_AUTO_TEST_CASE(another_certificate_is_another_server) {
  ServerAddress other = address();
  other.fingerprint->digest[0] ^= 1U;
  dials(other);
  until([&] { return ann.offline.size() == 2U; });
  BOOST_TEST((ann.absence() == Absence::OtherServer));
  BOOST_TEST(!ann.session.stopped().has_value());
  dialer->set_address(address());
  dialer->try_now();
  until_online();
}

BOOST_AUTO_TEST_CASE(who_was_sent_away_dials_when_a_person_says_so) {
  dials(address());
  until_online();
  office->kick(olga(), "w", id_of("Ann"), [](const auto&) {});
  until([&] { return ann.absence() == Absence::Kicked && !dialer->is_connected(); });
  BOOST_TEST(ann.session.stopped().has_value());
  BOOST_TEST(!dialer->next_attempt().has_value());
  dialer->try_now();
  until([&] { return ann.online.size() == 2U; });
}

BOOST_AUTO_TEST_CASE(a_session_that_is_stopped_says_goodbye_and_stays_away) {
  dials(address());
  until_online();
  dialer->stop();
  until([&] { return socket->connections() == 0; });
  BOOST_TEST(!dialer->next_attempt().has_value());
  BOOST_TEST(!ann.session.is_online());
  dialer->start();
  until([&] { return ann.online.size() == 2U; });
}

BOOST_AUTO_TEST_CASE(the_way_may_lead_through_a_proxy) {
  support::HttpProxy proxy(loop, port());
  ServerAddress behind = address();
  behind.port = 4430;
  behind.proxy = net::Proxy{"127.0.0.1", proxy.port(), "ann:pw"};
  dials(behind);
  until_online();
  ann.types("f-1", "through");
  until_saved("through");
  BOOST_TEST(proxy.asked().starts_with("CONNECT 127.0.0.1:4430 HTTP/1.1\r\n"));
  proxy.cuts();
  until([&] { return ann.online.size() == 2U; });
  dialer.reset();
  proxy.cuts();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::sync
