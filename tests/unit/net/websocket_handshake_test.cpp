#include "daemon/net/websocket_handshake.h"

#include <ostream>
#include <string>
#include <string_view>
#include <variant>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace plait::net {
namespace {

namespace data = boost::unit_test::data;

const UpgradeRequest kAsked{.host = "example.org:8443",
                            .target = "/yjs/notes?token=t",
                            .origin = "https://example.org",
                            .subprotocols = {"plait.1", "token.abc"},
                            .key = "dGhlIHNhbXBsZSBub25jZQ=="};

std::variant<Upgrade, HttpResponse> checked(std::string_view head,
                                            const HandshakeRules& rules = {}) {
  return check_upgrade(parse_request(head).value(), rules);
}

/// 0 for an upgrade.
int status_of(std::string_view head, const HandshakeRules& rules = {}) {
  const auto answer = checked(head, rules);
  const auto* refusal = std::get_if<HttpResponse>(&answer);
  return refusal == nullptr ? 0 : refusal->status;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  BOOST_TEST_REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct Bad {
  const char* from;
  const char* to;
  int status;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.to; }

const Bad kBad[] = {
    {"Host: example.org:8443", "A: b", 400},
    {"Host: example.org:8443", "Host: example.org:8443\r\nHost: example.org:8443", 400},
    {"Host: example.org:8443", "Host: ", 400},
    {"GET", "POST", 405},
    {"Upgrade: websocket", "Upgrade: h2c", 426},
    {"Connection: Upgrade", "Connection: keep-alive", 426},
    {"Version: 13", "Version: 8", 426},
    {"Version: 13", "Version: 13\r\nSec-WebSocket-Version: 13", 426},
    {"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ", 400},
    {"dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZSE=", 400},
    {"Sec-WebSocket-Key", "X-Key", 400},
    {"Origin: https://example.org", "Origin: null\r\nOrigin: null", 403},
};

std::string answer_with(std::string_view fields) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
         std::string(fields) + "\r\n\r\n";
}

BOOST_AUTO_TEST_SUITE(websocket_handshake)

// RFC 6455, section 1.3.
BOOST_AUTO_TEST_CASE(the_key_is_answered_as_in_the_specification) {
  BOOST_TEST(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

BOOST_AUTO_TEST_CASE(what_a_client_asks_a_server_understands) {
  const auto answer = checked(to_message(kAsked));
  const auto* upgrade = std::get_if<Upgrade>(&answer);
  BOOST_TEST_REQUIRE(upgrade != nullptr);
  BOOST_TEST(upgrade->path == "/yjs/notes");
  BOOST_TEST(upgrade->query == "token=t");
  BOOST_TEST(upgrade->host == "example.org:8443");
  BOOST_TEST(upgrade->origin == "https://example.org");
  BOOST_TEST(upgrade->subprotocols == kAsked.subprotocols, boost::test_tools::per_element());
  BOOST_TEST(upgrade->key == kAsked.key);
}

BOOST_AUTO_TEST_CASE(what_a_server_answers_a_client_understands) {
  for (const std::string& subprotocol : {std::string(), std::string("plait.1")}) {
    const auto head = parse_response(upgrade_response(kAsked.key, subprotocol));
    BOOST_TEST_REQUIRE(head.has_value());
    BOOST_TEST(check_upgrade_response(*head, kAsked).value() == subprotocol);
  }
}

BOOST_DATA_TEST_CASE(other_requests_get_an_answer_that_says_so, data::make(kBad), bad) {
  BOOST_TEST(status_of(replaced(to_message(kAsked), bad.from, bad.to)) == bad.status);
}

BOOST_AUTO_TEST_CASE(upgrade_and_connection_may_list_more_in_any_case) {
  std::string head =
      replaced(to_message(kAsked), "Upgrade: websocket", "Upgrade: h2c, WebSocket");
  head = replaced(head, "Connection: Upgrade", "Connection: keep-alive, UPGRADE");
  BOOST_TEST(status_of(head) == 0);
}

BOOST_AUTO_TEST_CASE(only_listed_hosts_are_answered) {
  const std::string head = to_message(kAsked);
  BOOST_TEST(status_of(head, {.hosts = {{"example.org:8443"}}}) == 0);
  BOOST_TEST(status_of(replaced(head, "example.org:8443", "Example.ORG:8443"),
                       {.hosts = {{"example.org:8443"}}}) == 0);
  BOOST_TEST(status_of(head, {.hosts = {{"example.org"}}}) == 421);
  BOOST_TEST(status_of(head, {.hosts = std::vector<std::string>()}) == 421);
}

BOOST_AUTO_TEST_CASE(only_pages_of_listed_origins_are_let_in) {
  const std::string head = to_message(kAsked);
  BOOST_TEST(status_of(head, {.origins = {{"https://example.org"}}}) == 0);
  BOOST_TEST(status_of(head, {.origins = {{"https://example.org:8443"}}}) == 403);
  BOOST_TEST(status_of(head, {.origins = {{"http://example.org"}}}) == 403);
  const HandshakeRules no_pages{.origins = std::vector<std::string>()};
  BOOST_TEST(status_of(head, no_pages) == 403);
  BOOST_TEST(status_of(replaced(head, "Origin:", "X-Origin:"), no_pages) == 0);
}

BOOST_AUTO_TEST_CASE(the_last_hop_is_who_came_to_the_proxy) {
  const auto answer = checked(
      replaced(to_message(kAsked), "Origin:", "X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\nOrigin:"));
  BOOST_TEST_REQUIRE(std::holds_alternative<Upgrade>(answer));
  BOOST_TEST(std::get<Upgrade>(answer).forwarded_for == "2.2.2.2");
}

BOOST_AUTO_TEST_CASE(a_client_refuses_any_other_answer) {
  const std::string accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  const auto outcome = [](const std::string& head) {
    return check_upgrade_response(parse_response(head).value(), kAsked).has_value();
  };
  BOOST_TEST(outcome(answer_with(accept)));
  BOOST_TEST(!outcome(answer_with("Sec-WebSocket-Accept: AAAALMBiTxaQ9kYGzzhZRbK+xOo=")));
  BOOST_TEST(!outcome(answer_with("X-Nothing: 1")));
  BOOST_TEST(
      !outcome(answer_with(accept + "\r\nSec-WebSocket-Extensions: permessage-deflate")));
  BOOST_TEST(!outcome(answer_with(accept + "\r\nSec-WebSocket-Protocol: other")));
  BOOST_TEST(!outcome(replaced(answer_with(accept), "Upgrade: websocket", "Upgrade: h2c")));
  BOOST_TEST(!outcome(replaced(answer_with(accept), "101", "200")));
  BOOST_TEST(!outcome("HTTP/1.1 302 Found\r\nLocation: wss://elsewhere/\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
