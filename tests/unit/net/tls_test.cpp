#include "daemon/net/tls.h"

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/net/network.h"

namespace plait::net {
namespace {

namespace data = boost::unit_test::data;

/// One end of a channel: what it read, what it has to send, and what went wrong.
struct End {
  std::unique_ptr<TlsSession> session;
  std::string read = {};
  std::string out = {};
  std::string failure = {};

  void receive(std::string_view ciphertext) {
    session->feed(ciphertext);
    std::array<char, 20'000> room{};
    while (failure.empty()) {
      const auto count = session->read(room, out);
      if (!count) {
        failure = count.error().message;
      } else if (*count == 0) {
        break;
      } else {
        BOOST_TEST(*count <= 16'384U);
        read.append(room.data(), *count);
      }
    }
  }
  void write(std::string_view plaintext) {
    BOOST_TEST(session->write(plaintext, out).has_value());
  }
};

struct Channels {
  TlsContext server_side = server_context();
  TlsContext client_side = TlsContext::client(this_machine().certificate_pem).value();
  End server;
  End client;

  void open(ServerIdentity expected) {
    server = {.session = TlsSession::accept(server_side)};
    client = {.session = TlsSession::connect(client_side, std::move(expected)).value()};
    BOOST_TEST(client.session->start(client.out).has_value());
    exchange();
  }
  /// Until both have said all, in pieces of at most this size.
  void exchange(std::size_t piece = std::string::npos) {
    while (!client.out.empty() || !server.out.empty()) {
      pass(client, server, piece);
      pass(server, client, piece);
    }
  }
  static void pass(End& from, End& to, std::size_t piece) {
    const std::string bytes = std::exchange(from.out, {});
    for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size())) {
      to.receive(std::string_view{bytes}.substr(at, piece));
    }
  }
  [[nodiscard]] bool are_ready() const {
    return client.session->handshake_done() && server.session->handshake_done();
  }
};

struct Expectation {
  const char* host;
  bool holds;
};
std::ostream& operator<<(std::ostream& out, const Expectation& expectation) {
  return out << expectation.host;
}

const Expectation kExpectations[] = {
    {"localhost", true},      {"127.0.0.1", true},  {"example.org", false},
    {"sub.localhost", false}, {"127.0.0.2", false}, {"::1", false},
};

BOOST_AUTO_TEST_SUITE(tls)

BOOST_FIXTURE_TEST_CASE(both_ends_read_what_the_other_wrote, Channels) {
  open({"localhost", {}});
  BOOST_TEST_REQUIRE(are_ready());
  BOOST_TEST(client.session->version() == "TLSv1.3");
  client.write("ping");
  server.write("pong");
  exchange();
  BOOST_TEST(server.read == "ping");
  BOOST_TEST(client.read == "pong");
}

BOOST_FIXTURE_TEST_CASE(everything_may_come_byte_by_byte, Channels) {
  server = {.session = TlsSession::accept(server_side)};
  client = {.session = TlsSession::connect(client_side, {"localhost", {}}).value()};
  BOOST_TEST(client.session->start(client.out).has_value());
  exchange(1);
  BOOST_TEST_REQUIRE(are_ready());
  client.write(std::string(20'000, 'x'));
  exchange(1);
  BOOST_TEST(server.read == std::string(20'000, 'x'));
}

BOOST_FIXTURE_TEST_CASE(a_large_write_leaves_in_full_records, Channels) {
  open({"localhost", {}});
  const std::string plaintext(std::size_t{16'384} * 4, 'x');
  server.write(plaintext);
  BOOST_TEST(server.out.size() < plaintext.size() + std::size_t{4} * 32);
  exchange();
  BOOST_TEST((client.read == plaintext));
}

BOOST_DATA_TEST_CASE(a_certificate_has_to_be_for_the_host, data::make(kExpectations),
                     expected) {
  Channels channels;
  channels.open({expected.host, {}});
  BOOST_TEST(channels.client.session->handshake_done() == expected.holds);
  BOOST_TEST(channels.client.failure.empty() == expected.holds);
  // Also of one that was refused.
  const auto shown = crypto::read_certificate(this_machine().certificate_pem).value();
  BOOST_TEST((channels.client.session->peer_certificate_expires() == shown.expires));
  BOOST_TEST(channels.server.failure.empty() == expected.holds);
}

BOOST_FIXTURE_TEST_CASE(a_certificate_has_to_come_from_an_authority, Channels) {
  client_side = TlsContext::client().value();
  open({"localhost", {}});
  BOOST_TEST(client.failure.starts_with("the server's certificate: self"));
}

BOOST_FIXTURE_TEST_CASE(a_fingerprint_decides_alone, Channels) {
  client_side = TlsContext::client().value();
  open({"example.org", fingerprint()});
  BOOST_TEST(are_ready());

  crypto::Fingerprint wrong = fingerprint();
  wrong.digest.back() ^= 1U;
  open({"localhost", wrong});
  BOOST_TEST(!client.session->handshake_done());
  BOOST_TEST(client.failure ==
             "the server's certificate: not the one with the expected fingerprint");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_host_cannot_be_expected, Channels) {
  for (const char* host : {"", "a b", "*.localhost", "localhost.", "-a"}) {
    BOOST_TEST(!TlsSession::connect(client_side, {host, {}}).has_value());
  }
}

BOOST_FIXTURE_TEST_CASE(both_ends_derive_the_same_binding_and_no_other_channel_does, Channels) {
  BOOST_TEST(!TlsSession::accept(server_side)->export_binding("EXPORTER-a").has_value());
  open({"localhost", {}});
  const auto first = client.session->export_binding("EXPORTER-a").value();
  BOOST_TEST((first == server.session->export_binding("EXPORTER-a").value()));
  BOOST_TEST((first != server.session->export_binding("EXPORTER-b").value()));
  open({"localhost", {}});
  BOOST_TEST((first != client.session->export_binding("EXPORTER-a").value()));
}

BOOST_FIXTURE_TEST_CASE(a_changed_byte_is_noticed, Channels) {
  open({"localhost", {}});
  client.write("ping");
  client.out[client.out.size() - 3] ^= 1;
  exchange();
  BOOST_TEST(server.read.empty());
  BOOST_TEST(!server.failure.empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_not_tls_is_refused, Channels) {
  server = {.session = TlsSession::accept(server_side)};
  server.receive("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  BOOST_TEST(server.failure.starts_with("TLS handshake: "));
}

BOOST_FIXTURE_TEST_CASE(an_end_says_that_nothing_follows, Channels) {
  open({"localhost", {}});
  server.write("last words");
  server.session->close(server.out);
  BOOST_TEST(!client.session->closed_by_peer());
  exchange();
  BOOST_TEST(client.read == "last words");
  BOOST_TEST(client.session->closed_by_peer());
  BOOST_TEST(client.failure.empty());
}

BOOST_FIXTURE_TEST_CASE(a_session_survives_its_context, Channels) {
  open({"localhost", {}});
  server_side = server_context();
  client_side = TlsContext::client().value();
  client.write("still here");
  exchange();
  BOOST_TEST(server.read == "still here");
}

BOOST_AUTO_TEST_CASE(certificate_and_key_have_to_be_a_pair) {
  crypto::SystemRandom random;
  const auto other =
      crypto::make_certificate({"localhost"}, random, SystemClock().wall()).value();
  const auto& own = this_machine();
  BOOST_TEST(TlsContext::server(own.certificate_pem, own.key_pem.view()).has_value());
  BOOST_TEST(!TlsContext::server(own.certificate_pem, other.key_pem.view()).has_value());
  BOOST_TEST(!TlsContext::server(own.key_pem.view(), own.key_pem.view()).has_value());
  BOOST_TEST(!TlsContext::server(own.certificate_pem, own.certificate_pem).has_value());
  BOOST_TEST(!TlsContext::server("", "").has_value());
  BOOST_TEST(!TlsContext::client("no certificate").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
