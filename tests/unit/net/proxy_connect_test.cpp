#include "daemon/net/proxy_connect.h"

#include <array>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/support/http_proxy.h"
#include "tests/unit/net/network.h"

namespace plait::net {
namespace {

/// A client, and a server that it reaches through a proxy alone.
struct Office : ServerNetwork {
  Person person{bench, masks};
  TlsContext trust = TlsContext::client(this_machine().certificate_pem).value();
  std::optional<support::HttpProxy> proxy;

  void dial() {
    open_with_tls();
    proxy.emplace(loop, port());
  }
  void sets_out(std::string authorization = {}) {
    ClientTarget to = target();
    to.host = "localhost";
    to.port = 4430;  // where nobody listens: the proxy knows better
    to.tls = &trust;
    to.proxy = Proxy{"127.0.0.1", proxy->port(), std::move(authorization)};
    BOOST_TEST_REQUIRE(person.connection->start(to).has_value());
  }
};

BOOST_FIXTURE_TEST_SUITE(proxy_connect, Office)

BOOST_AUTO_TEST_CASE(urls_of_proxies) {
  BOOST_TEST((parse_proxy("http://proxy:3128").value() == Proxy{"proxy", 3128}));
  BOOST_TEST((parse_proxy("http://proxy").value() == Proxy{"proxy", 80}));
  BOOST_TEST((parse_proxy("proxy:8080/").value() == Proxy{"proxy", 8080}));
  BOOST_TEST((parse_proxy("HTTP://Proxy.Example:1").value() == Proxy{"proxy.example", 1}));
  BOOST_TEST((parse_proxy("http://[::1]:3128").value() == Proxy{"::1", 3128}));
  BOOST_TEST(
      (parse_proxy("http://ann:p%40ss@proxy").value() == Proxy{"proxy", 80, "ann:p@ss"}));
  BOOST_TEST((parse_proxy("http://ann@proxy").value() == Proxy{"proxy", 80, "ann:"}));
  for (const std::string_view url : {"https://proxy", "socks5://proxy:1080"}) {
    BOOST_TEST((parse_proxy(url).error().code == ErrorCode::Unsupported));
  }
  for (const std::string_view url :
       {"", "http://", "http://a b", "http://proxy:0", "http://proxy:65536", "http://proxy:x",
        "http://[::1", "http://a%:b@proxy", "http://proxy:80:80"}) {
    BOOST_TEST_CONTEXT(url) {
      BOOST_TEST((parse_proxy(url).error().code == ErrorCode::Malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(hosts_that_need_no_proxy) {
  for (const std::string_view host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    BOOST_TEST(bypasses_proxy("", host, 443));
  }
  BOOST_TEST(!bypasses_proxy("", "example.org", 443));
  BOOST_TEST(!bypasses_proxy("", "127.example.org", 443));
  BOOST_TEST(bypasses_proxy("*", "example.org", 443));
  BOOST_TEST(bypasses_proxy("a, Example.org ,b", "example.ORG", 443));
  BOOST_TEST(bypasses_proxy("example.org", "www.example.org", 443));
  BOOST_TEST(bypasses_proxy(".example.org", "www.example.org", 443));
  BOOST_TEST(!bypasses_proxy("example.org", "anexample.org", 443));
  BOOST_TEST(bypasses_proxy("example.org:443", "example.org", 443));
  BOOST_TEST(!bypasses_proxy("example.org:80", "example.org", 443));
  BOOST_TEST(bypasses_proxy("192.0.2.1", "192.0.2.1", 443));
  BOOST_TEST(bypasses_proxy("[2001:db8::1]:443", "2001:db8::1", 443));
  BOOST_TEST(!bypasses_proxy(",,", "example.org", 443));
}

BOOST_AUTO_TEST_CASE(a_request_names_where_to_go) {
  BOOST_TEST(connect_request({"proxy", 80}, "a:443") ==
             "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n");
  BOOST_TEST(connect_request({"proxy", 80, "ann:pw"}, "a:443") ==
             "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n"
             "proxy-authorization: Basic YW5uOnB3\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(answers_of_proxies) {
  BOOST_TEST(check_connect_response("HTTP/1.1 200 OK\r\n\r\n").has_value());
  BOOST_TEST(check_connect_response("HTTP/1.0 200\r\nx: y\r\n\r\n").has_value());
  const auto code = [](std::string_view head) {
    return check_connect_response(head).error().code;
  };
  BOOST_TEST((code("HTTP/1.1 407 Who?\r\n\r\n") == ErrorCode::Refused));
  BOOST_TEST((code("HTTP/1.1 503 No\r\n\r\n") == ErrorCode::Refused));
  BOOST_TEST((code("SSH-2.0-x\r\n\r\n") == ErrorCode::Malformed));
  BOOST_TEST((code("HTTP/1.1\r\n\r\n") == ErrorCode::Malformed));
  BOOST_TEST((code("HTTP/1.1 2x0 OK\r\n\r\n") == ErrorCode::Malformed));
}

BOOST_AUTO_TEST_CASE(a_server_behind_a_proxy_is_known_by_its_own_name) {
  dial();
  sets_out("ann:pw");
  until_heard(person.log, "open |");
  person.connection->send(MessageKind::Text, "how are you?");
  until_heard(house.log, "text how are you?|");
  BOOST_TEST(proxy->asked() == connect_request({"proxy", 80, "ann:pw"}, "localhost:4430"));
  const crypto::LoginChannel channel{house.info.channel_binding, "localhost"};
  BOOST_TEST((person.connection->login_channel() == channel));
}

BOOST_AUTO_TEST_CASE(a_proxy_that_lets_nobody_through_says_why) {
  dial();
  proxy->refusal = "HTTP/1.1 407 Who are you?\r\n\r\n";
  sets_out();
  until_heard(person.log, "closed 1006 the proxy wants a name and a password|");
}

BOOST_AUTO_TEST_CASE(a_proxy_that_hangs_up_or_talks_too_much_is_none) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kAll = {
      {{"HTTP/1.1 200 OK\r\n", "the proxy hung up"},
       {"HTTP/1.1 200 OK\r\n\r\nmore", "the proxy says more than it should"}}};
  dial();
  for (const auto& [refusal, why] : kAll) {
    proxy->refusal = refusal;
    person.connection = std::make_unique<ClientConnection>(bench, masks, person);
    sets_out();
    until_heard(person.log, why);
  }
  proxy->refusal = "HTTP/1.1 200 OK\r\na: " + std::string(kMaxHeadBytes, 'x');
  person.connection = std::make_unique<ClientConnection>(bench, masks, person);
  sets_out();
  until_heard(person.log, "too long");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
