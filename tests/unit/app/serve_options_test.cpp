#include "daemon/app/serve_options.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace plait::app {
namespace {

std::string endpoint(std::string_view text) {
  const auto endpoint = parse_endpoint(text);
  return endpoint ? endpoint->host + " " + std::to_string(endpoint->port) : "none";
}

ServeOptions without_tls(std::string_view listen) {
  ServeOptions options;
  options.tls.kind = TlsChoice::Kind::Off;
  options.listen = parse_endpoint(listen).value();
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(serve_options)

BOOST_AUTO_TEST_CASE(an_endpoint_is_a_host_and_a_port) {
  BOOST_TEST(endpoint("127.0.0.1:4430") == "127.0.0.1 4430");
  BOOST_TEST(endpoint("example.org:0") == "example.org 0");
  BOOST_TEST(endpoint("[::1]:80") == "::1 80");
  BOOST_TEST(endpoint(":80") == ":: 80");
  BOOST_TEST(endpoint("h:65535") == "h 65535");
  for (const char* text :
       {"", "host", "host:", "h:65536", "h:-1", "h:8x", "::1:80", "[::1:80"}) {
    BOOST_TEST(endpoint(text) == "none", text);
  }
}

BOOST_AUTO_TEST_CASE(tls_is_self_signed_or_two_files_or_off) {
  BOOST_TEST((parse_tls("self-signed")->kind == TlsChoice::Kind::SelfSigned));
  BOOST_TEST((parse_tls("off")->kind == TlsChoice::Kind::Off));
  BOOST_TEST((parse_tls("c.pem,k.pem").value() ==
              TlsChoice{TlsChoice::Kind::Files, "c.pem", "k.pem"}));
  for (const char* text : {"", "on", ",k.pem", "c.pem,"}) {
    BOOST_TEST(!parse_tls(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(without_tls_only_this_machine_is_served) {
  BOOST_TEST(check(ServeOptions{}).has_value());
  for (const char* listen : {"127.0.0.1:1", "127.1.2.3:1", "localhost:1", "[::1]:1"}) {
    BOOST_TEST(check(without_tls(listen)).has_value(), listen);
  }
  for (const char* listen :
       {":1", "0.0.0.0:1", "example.org:1", "192.0.2.1:1", "127.example.org:1"}) {
    ServeOptions options = without_tls(listen);
    BOOST_TEST(!check(options).has_value(), listen);
    options.behind_proxy = true;
    BOOST_TEST(check(options).has_value(), listen);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
