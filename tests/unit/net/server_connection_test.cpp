#include "daemon/net/server_connection.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/network.h"

namespace plait::net {
namespace {

using std::chrono::seconds;

struct Door : ServerNetwork {
  std::unique_ptr<Stranger> stranger;

  /// Somebody comes, and says this first.
  void comes(const std::string& first_words) {
    stranger = std::make_unique<Stranger>(loop, port());
    stranger->say(first_words);
  }
  void comes_in() {
    comes(kHello);
    until_heard(stranger->heard, "\r\n\r\n");
    stranger->heard.clear();
  }
  void until_ended() {
    until([&] { return stranger->has_ended; });
  }
  /// The status code of the answer.
  int status() {
    until_heard(stranger->heard, "\r\n\r\n");
    return std::stoi(stranger->heard.substr(9, 3));
  }
  void run_a_turn() {
    bool done = false;
    loop::Timer turn(loop, [&] { done = true; });
    turn.start(std::chrono::milliseconds{1});
    until([&] { return done; });
  }
  static std::string says_close(CloseCode code, const std::string& reason = {}) {
    return server_frame(Opcode::Close, close_payload({code, reason}));
  }
};

BOOST_FIXTURE_TEST_SUITE(server_connection, Door)

// --- The request

BOOST_AUTO_TEST_CASE(a_request_in_any_pieces_opens_a_websocket) {
  open();
  for (const std::size_t split : {std::size_t{0}, std::size_t{1}, std::size_t{90}}) {
    comes(kHello.substr(0, split));
    until([&] { return stranger->stream != nullptr; });
    stranger->say(kHello.substr(split) + masked(Opcode::Text, "hello"));
    until_heard(house.log, "text hello|");
    BOOST_TEST(status() == 101);
    house.log.clear();
  }
}

BOOST_AUTO_TEST_CASE(what_a_session_says_at_once_comes_behind_the_response) {
  open();
  comes("GET /greeted" + kHello.substr(6));
  until_heard(stranger->heard, "welcome");
  BOOST_TEST(stranger->heard.starts_with("HTTP/1.1 101 "));
  BOOST_TEST(stranger->heard.ends_with("\r\n\r\n" + server_frame(Opcode::Text, "welcome")));
}

BOOST_AUTO_TEST_CASE(a_session_may_be_refused) {
  open();
  comes("GET /nowhere" + kHello.substr(6));
  BOOST_TEST(status() == 404);
  until_ended();
  BOOST_TEST(house.log == "refused 404|");
}

BOOST_AUTO_TEST_CASE(other_requests_are_answered_and_that_was_it) {
  open({.rules = {.handshake = {.hosts = {{"example.org"}}}}});
  comes("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  BOOST_TEST(status() == 426);
  until_ended();
  comes(kHello);
  BOOST_TEST(status() == 421);
  comes("nonsense\r\n\r\n");
  BOOST_TEST(status() == 400);
  comes("GET / HTTP/1.1\r\nA: " + std::string(kMaxHeadBytes, 'x'));
  BOOST_TEST(status() == 431);
  BOOST_TEST(house.log == "refused 426|refused 421|refused 400|refused 431|");
}

BOOST_AUTO_TEST_CASE(a_request_has_ten_seconds_whatever_arrives) {
  open();
  comes("GET / HTTP/1.1\r\n");
  until([&] { return server->connections() == 1 && stranger->stream != nullptr; });
  for (int second = 1; second < 10; ++second) {
    stranger->say("a: b\r\n");
    pass(seconds{1});
  }
  BOOST_TEST(house.log == "");
  pass(seconds{1});
  BOOST_TEST(status() == 408);
}

BOOST_AUTO_TEST_CASE(a_tls_handshake_has_ten_seconds_whatever_arrives) {
  open_with_tls();
  comes("\x16\x03\x01\x02");
  until([&] { return server->connections() == 1; });
  pass(seconds{9});
  BOOST_TEST(house.log == "");
  pass(seconds{1});
  BOOST_TEST(house.log == "lost: the TLS handshake took too long|");
  until_ended();
  BOOST_TEST(server->connections() == 0);
}

BOOST_AUTO_TEST_CASE(who_speaks_no_tls_is_lost) {
  open_with_tls();
  comes(kHello);
  until_heard(house.log, "lost: TLS handshake: ");
}

// --- The WebSocket

BOOST_AUTO_TEST_CASE(what_is_sent_in_a_turn_arrives_at_once) {
  open();
  comes_in();
  stranger->reads = 0;
  const std::string frame = server_frame(Opcode::Binary, "frame");
  for (int i = 0; i < 100; ++i) house.guest->peer.send(frame);
  BOOST_TEST(house.guest->peer.queued_bytes() == 100 * frame.size());
  until([&] { return stranger->heard.size() == 100 * frame.size(); });
  BOOST_TEST(stranger->reads == 1);
  BOOST_TEST(house.guest->peer.queued_bytes() == 0);
}

BOOST_AUTO_TEST_CASE(messages_are_small_until_the_session_trusts_its_peer) {
  open();
  comes_in();
  const std::string large(kMaxMessageBytesBeforeLogin + 1, 'x');
  stranger->say(masked(Opcode::Text, "trust me") + masked(Opcode::Binary, large));
  until_heard(house.log, "binary xx");

  comes_in();
  stranger->say(masked(Opcode::Binary, large));
  until_heard(house.log, "closed 1009 the message is too big|");
  until_heard(stranger->heard, says_close(CloseCode::TooBig, "the message is too big"));
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_with_what_it_said) {
  open();
  comes_in();
  stranger->say(masked(Opcode::Ping, "there?"));
  until_heard(stranger->heard, server_frame(Opcode::Pong, "there?"));
}

BOOST_AUTO_TEST_CASE(more_pings_than_the_budget_end_the_connection_unless_time_passes) {
  open();
  comes_in();
  std::string pings;
  for (std::size_t i = 0; i < kControlFrameBudget; ++i) pings += masked(Opcode::Ping, "?");
  const std::size_t answers = kControlFrameBudget * server_frame(Opcode::Pong, "?").size();
  stranger->say(pings);
  until([&] { return stranger->heard.size() == answers; });
  pass(seconds{1});
  stranger->say(pings);
  until([&] { return stranger->heard.size() == 2 * answers; });
  stranger->say(masked(Opcode::Ping, "?"));
  until_heard(house.log, "closed 1008 too many control frames|");
}

BOOST_AUTO_TEST_CASE(a_close_is_answered_and_told) {
  open();
  comes_in();
  stranger->say(masked(Opcode::Close, close_payload({CloseCode::GoingAway, "bye"})));
  until_heard(stranger->heard, says_close(CloseCode::GoingAway, "bye"));
  until_ended();
  BOOST_TEST(house.log == "closed 1001 bye|");
  stranger->stream.reset();
  until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(a_session_can_close_and_hears_nothing_more) {
  open();
  comes_in();
  stranger->say(masked(Opcode::Text, "close me") + masked(Opcode::Text, "but"));
  until_heard(stranger->heard, says_close(CloseCode{4001}, "as you wish"));
  until_ended();
  BOOST_TEST(house.log == "");
  stranger->stream.reset();
  until_heard(house.log, "closed 1006 ");
  BOOST_TEST(server->connections() == 0);
}

BOOST_AUTO_TEST_CASE(who_does_not_hang_up_is_cut_off) {
  open();
  comes_in();
  stranger->say(masked(Opcode::Text, "close me"));
  until_ended();
  pass(seconds{9});
  BOOST_TEST(server->connections() == 1);
  pass(seconds{1});
  BOOST_TEST(server->connections() == 0);
}

BOOST_AUTO_TEST_CASE(a_peer_that_vanishes_is_told_of) {
  open();
  comes_in();
  stranger->stream.reset();
  until_heard(house.log, "closed 1006 the peer ended the connection|");
  BOOST_TEST(server->connections() == 0);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_is_asked_and_then_given_up) {
  open();
  comes_in();
  pass(seconds{5});  // it is the first second that hears the request
  run_a_turn();
  BOOST_TEST(stranger->heard == "");
  pass(seconds{1});
  until_heard(stranger->heard, server_frame(Opcode::Ping, {}));
  pass(seconds{7});
  BOOST_TEST(house.log == "");
  pass(seconds{1});
  BOOST_TEST(house.log == "closed 1006 no sign of life|");
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_stays) {
  open();
  comes_in();
  for (int i = 0; i < 5; ++i) {
    pass(seconds{10});
    stranger->heard.clear();
    stranger->say(masked(Opcode::Pong, {}) + masked(Opcode::Ping, "?"));
    until_heard(stranger->heard, server_frame(Opcode::Pong, "?"));
  }
  BOOST_TEST(house.log == "");
}

// --- Peers that read slowly

struct SlowReader : Door {
  const std::string piece = server_frame(Opcode::Binary, std::string(1'000'000, 'x'));
  std::size_t sent = 0;

  SlowReader() {
    open();
    comes_in();
    stranger->stream->stop_reading();
  }
  void send() {
    house.guest->peer.send(piece);
    sent += piece.size();
    bench.end_of_turn();
  }
  void send_until_backlog() {
    while (house.log.empty()) send();
  }
};

BOOST_FIXTURE_TEST_CASE(a_backlog_is_told_past_four_mebibytes_and_when_it_has_gone,
                        SlowReader) {
  send_until_backlog();
  BOOST_TEST(house.log == "backlog|");
  BOOST_TEST(house.guest->peer.queued_bytes() > kBacklogBytes);
  BOOST_TEST(house.guest->peer.queued_bytes() <= kBacklogBytes + piece.size());
  send();
  stranger->stream->start_reading(*stranger);
  until_heard(house.log, "drained|");
  until([&] { return stranger->heard.size() == sent; });
  BOOST_TEST(house.log == "backlog|drained|");
  BOOST_TEST(house.guest->peer.queued_bytes() == 0);
}

BOOST_FIXTURE_TEST_CASE(past_eight_mebibytes_the_connection_ends, SlowReader) {
  send_until_backlog();
  while (house.guest->peer.queued_bytes() + piece.size() <= kMaxQueuedBytes) send();
  BOOST_TEST(house.log == "backlog|");
  house.guest->peer.send(piece);
  BOOST_TEST(house.log == "backlog|");  // not from within the call
  bench.end_of_turn();
  BOOST_TEST(house.log == "backlog|closed 1006 the peer is too slow: too much waits for it|");
  BOOST_TEST(server->connections() == 0);
}

BOOST_FIXTURE_TEST_CASE(the_bound_counts_within_a_turn_too, SlowReader) {
  for (int i = 0; i < 9; ++i) house.guest->peer.send(piece);
  BOOST_TEST(house.guest->peer.queued_bytes() <= kMaxQueuedBytes);
  bench.end_of_turn();
  BOOST_TEST(house.log == "closed 1006 the peer is too slow: too much waits for it|");
}

BOOST_FIXTURE_TEST_CASE(ten_seconds_without_progress_end_the_connection, SlowReader) {
  send_until_backlog();
  bench.tick();
  for (int second = 0; second < 9; ++second) {
    stranger->say(masked(Opcode::Pong, {}));  // it lives, but does not read
    run_a_turn();
    pass(seconds{1});
  }
  BOOST_TEST(house.log == "backlog|");
  pass(seconds{1});
  BOOST_TEST(house.log == "backlog|closed 1006 the peer has stopped reading|");
}

// --- Several connections

BOOST_AUTO_TEST_CASE(an_address_has_so_many_connections_and_no_more) {
  open({.max_connections_per_address = 2});
  comes_in();
  auto first = std::move(stranger);
  comes_in();
  auto second = std::move(stranger);
  comes(kHello);
  until_ended();
  BOOST_TEST(house.log == "lost: too many connections from its address|");
  BOOST_TEST(stranger->heard == "");

  first.reset();
  until([&] { return server->connections() == 1; });
  comes_in();
}

BOOST_AUTO_TEST_CASE(a_server_has_so_many_connections_and_no_more) {
  open({.max_connections = 1});
  comes_in();
  const auto first = std::move(stranger);
  comes(kHello);
  until_ended();
  BOOST_TEST(house.log == "lost: too many connections|");
}

BOOST_AUTO_TEST_CASE(behind_a_proxy_addresses_are_what_it_says) {
  open({.rules = {.behind_proxy = true}, .max_connections_per_address = 1});
  const auto from = [](const std::string& address) {
    return kHello.substr(0, kHello.size() - 2) + "X-Forwarded-For: " + address + "\r\n\r\n";
  };
  comes(from("192.0.2.1"));
  BOOST_TEST(status() == 101);
  BOOST_TEST(house.info.address == "192.0.2.1");
  const auto first = std::move(stranger);
  comes(from("192.0.2.2"));
  BOOST_TEST(status() == 101);
  const auto second = std::move(stranger);
  comes(from("192.0.2.1"));
  BOOST_TEST(status() == 429);
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_counts_as_one_address) {
  open({.rules = {.behind_proxy = true}, .max_connections_per_address = 1});
  const auto from = [](const std::string& address) {
    return kHello.substr(0, kHello.size() - 2) + "X-Forwarded-For: " + address + "\r\n\r\n";
  };
  comes(from("2001:db8:0:1::1"));
  BOOST_TEST(status() == 101);
  const auto first = std::move(stranger);
  comes(from("2001:db8:0:1:ffff::2"));
  BOOST_TEST(status() == 429);
  comes(from("2001:db8:0:2::1"));
  BOOST_TEST(status() == 101);
}

BOOST_AUTO_TEST_CASE(without_a_proxy_nobody_can_claim_an_address) {
  open();
  comes(kHello.substr(0, kHello.size() - 2) + "X-Forwarded-For: 192.0.2.1\r\n\r\n");
  BOOST_TEST(status() == 101);
  BOOST_TEST(house.info.address == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_says_so) {
  open();
  comes_in();
  server->stop_listening();
  server->shut_down();
  until_heard(stranger->heard, says_close(CloseCode::GoingAway, "the server stops"));
  stranger->stream.reset();
  until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(sessions_hear_of_it_when_their_server_goes) {
  open();
  comes_in();
  server.reset();
  BOOST_TEST(house.log == "closed 1006 the server stopped|");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
