#include "daemon/net/client_connection.h"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/network.h"

namespace plait::net {
namespace {

using std::chrono::seconds;

struct Dialogue : ServerNetwork {
  Person person{bench, masks};
  TlsContext trust = TlsContext::client(this_machine().certificate_pem).value();

  void dial(const ClientTarget& target) {
    BOOST_TEST_REQUIRE(person.connection->start(target).has_value());
  }
  void dial_and_open(const ClientTarget& target) {
    dial(target);
    until_heard(person.log, "open ");
    person.log.clear();
  }
  [[nodiscard]] ClientTarget secure_target() const {
    ClientTarget made = target();
    made.tls = &trust;
    return made;
  }
};

/// Answers whatever comes with the same bytes.
struct Impostor : Network {
  struct Line final : loop::StreamHandler {
    explicit Line(std::unique_ptr<loop::TcpStream> accepted) : stream(std::move(accepted)) {}
    void on_bytes(std::span<char> bytes) override {
      heard.append(bytes.data(), bytes.size());
      if (!answer.empty() && heard.ends_with("\r\n\r\n")) stream->write(answer);
    }
    void on_end() override {}
    void on_failed(const Error& /*error*/) override {}
    void on_drained() override {}

    std::unique_ptr<loop::TcpStream> stream;
    std::string answer;
    std::string heard;
  };

  Person person{bench, masks};
  std::unique_ptr<Line> line;
  std::unique_ptr<loop::TcpListener> listener;

  void dial(const std::string& answer) {
    listener = loop::TcpListener::listen(loop, "127.0.0.1", 0, [this, answer](auto stream) {
                 line = std::make_unique<Line>(std::move(stream));
                 line->answer = answer;
                 line->stream->start_reading(*line);
               }).value();
    const ClientTarget target{.host = "127.0.0.1", .port = listener->address().port};
    BOOST_TEST_REQUIRE(person.connection->start(target).has_value());
  }
};

BOOST_FIXTURE_TEST_SUITE(client_connection, Dialogue)

BOOST_AUTO_TEST_CASE(both_ends_talk) {
  open();
  ClientTarget to = target();
  to.subprotocols = {"plait.1", "other"};
  to.origin = "https://example.org";
  dial(to);
  until_heard(person.log, "open plait.1|");
  BOOST_TEST(house.info.path == "/a");
  BOOST_TEST(house.info.query == "b=c");
  BOOST_TEST(house.info.address == "127.0.0.1");
  BOOST_TEST(house.info.host == "127.0.0.1:" + std::to_string(port()));
  BOOST_TEST(house.info.channel_binding == "");
  person.connection->send(MessageKind::Text, "how are you?");
  until_heard(house.log, "text how are you?|");
  house.guest->peer.send(server_frame(Opcode::Binary, "well"));
  until_heard(person.log, "binary well|");
}

BOOST_AUTO_TEST_CASE(both_ends_talk_over_tls_and_agree_on_the_channel) {
  open_with_tls();
  dial_and_open(secure_target());
  BOOST_TEST(house.info.channel_binding.size() == 32);
  const crypto::LoginChannel channel{house.info.channel_binding, host_name(house.info.host)};
  BOOST_TEST((person.connection->login_channel() == channel));
  person.connection->send(MessageKind::Text, "how are you?");
  until_heard(house.log, "text how are you?|");
  house.guest->peer.send(server_frame(Opcode::Text, "well"));
  until_heard(person.log, "text well|");
}

BOOST_AUTO_TEST_CASE(megabytes_go_both_ways_over_tls) {
  open_with_tls();
  dial_and_open(secure_target());
  person.connection->send(MessageKind::Text, "trust me");
  for (int i = 0; i < 4; ++i) {
    person.connection->send(MessageKind::Binary, std::string(1'000'000, 'x'));
    house.guest->peer.send(server_frame(Opcode::Binary, std::string(1'000'000, 'y')));
  }
  until([&] { return person.heard == 4'000'000; });
  const std::string message = "binary " + std::string(100, 'x') + '|';
  until_heard(house.log, message + message + message + message);
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_a_frame_goes_in_several) {
  open();
  dial_and_open(target());
  person.connection->send(MessageKind::Text, "trust me");
  for (const std::size_t size : {kMaxFrameBytes, kMaxFrameBytes + 1, kMaxMessageBytes}) {
    house.log.clear();
    person.connection->send(MessageKind::Binary, std::string(size, 'x'));
    until_heard(house.log, "binary " + std::string(100, 'x') + '|');
  }
  BOOST_TEST(person.log == "");
}

BOOST_AUTO_TEST_CASE(a_fingerprint_is_enough_to_know_a_server) {
  open_with_tls();
  trust = TlsContext::client().value();
  ClientTarget to = secure_target();
  to.fingerprint = fingerprint();
  dial_and_open(to);
}

BOOST_AUTO_TEST_CASE(another_fingerprint_is_another_server) {
  open_with_tls();
  ClientTarget to = secure_target();
  to.fingerprint = fingerprint();
  to.fingerprint->digest[0] ^= 1U;
  dial(to);
  until_heard(person.log, "closed 1006 the server's certificate: not the one");
  until_heard(house.log, "lost: ");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_nobody_known_is_refused) {
  open_with_tls();
  trust = TlsContext::client().value();
  dial(secure_target());
  until_heard(person.log, "closed 1006 the server's certificate: self");
}

BOOST_AUTO_TEST_CASE(authorities_may_be_added_to_those_of_the_system) {
  open_with_tls();
  trust = TlsContext::client(this_machine().certificate_pem, /*and_the_systems=*/true).value();
  dial_and_open(secure_target());
}

BOOST_AUTO_TEST_CASE(a_client_can_close) {
  open_with_tls();
  dial_and_open(secure_target());
  person.connection->close(CloseCode::Normal, "done");
  person.connection->send(MessageKind::Text, "no more");
  until_heard(person.log, "closed 1000 done|");
  until_heard(house.log, "closed 1000 done|");
  until([&] { return server->connections() == 0; });
  BOOST_TEST(person.connection == nullptr);
}

BOOST_AUTO_TEST_CASE(a_server_can_close) {
  open_with_tls();
  dial_and_open(secure_target());
  person.connection->send(MessageKind::Text, "close me");
  until_heard(person.log, "closed 4001 as you wish|");
  until([&] { return server->connections() == 0; });
}

BOOST_AUTO_TEST_CASE(ends_that_are_silent_keep_each_other_company) {
  open_with_tls();
  dial_and_open(secure_target());
  for (int i = 0; i < 10; ++i) {
    pass(seconds{6});
    person.connection->send(MessageKind::Text, "!");
    until_heard(house.log, "text !|");
    house.log.clear();
  }
  BOOST_TEST(person.log == "");
}

BOOST_AUTO_TEST_CASE(nobody_there_is_told) {
  open();
  const ClientTarget to = target();
  server.reset();
  dial(to);
  until_heard(person.log, "closed 1006 ");
}

BOOST_AUTO_TEST_CASE(what_is_no_host_is_refused_at_once) {
  BOOST_TEST(!person.connection->start({.host = "a b"}).has_value());
}

BOOST_AUTO_TEST_CASE(a_client_may_go_while_it_connects) {
  open_with_tls();
  dial(secure_target());
  person.connection.reset();
  Person other(bench, masks);
  BOOST_TEST_REQUIRE(other.connection->start(secure_target()).has_value());
  until_heard(other.log, "open ");
}

BOOST_FIXTURE_TEST_CASE(a_redirect_is_not_followed, Impostor) {
  dial("HTTP/1.1 302 Found\r\nLocation: ws://elsewhere/\r\nContent-Length: 0\r\n\r\n");
  until_heard(person.log, "closed 1006 the server answered 302 Found|");
}

BOOST_FIXTURE_TEST_CASE(an_answer_to_another_key_is_refused, Impostor) {
  dial(upgrade_response("AAAAAAAAAAAAAAAAAAAAAA==", {}));
  until_heard(person.log, "closed 1006 the server did not agree to a WebSocket|");
}

BOOST_FIXTURE_TEST_CASE(an_answer_has_to_be_short, Impostor) {
  dial("HTTP/1.1 101 Go\r\nA: " + std::string(kMaxHeadBytes, 'x') + "\r\n\r\n");
  until_heard(person.log, "closed 1006 HTTP head: it is too long|");
}

BOOST_FIXTURE_TEST_CASE(an_answer_has_ten_seconds, Impostor) {
  dial("");
  until([&] { return line != nullptr && !line->heard.empty(); });
  pass(seconds{9});
  BOOST_TEST(person.log == "");
  pass(seconds{1});
  BOOST_TEST(person.log == "closed 1006 the server does not answer|");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
