#include "daemon/app/serve_options.h"

#include <algorithm>
#include <cstdint>
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

BOOST_AUTO_TEST_CASE(a_size_is_a_number_of_bytes_with_a_unit) {
  BOOST_TEST(parse_size("0").value() == 0U);
  BOOST_TEST(parse_size("500000").value() == 500'000U);
  BOOST_TEST(parse_size("2K").value() == 2048U);
  BOOST_TEST(parse_size("3M").value() == std::uint64_t{3} << 20);
  BOOST_TEST(parse_size("4G").value() == std::uint64_t{4} << 30);
  BOOST_TEST(parse_size("8388607T").value() == std::uint64_t{8'388'607} << 40);
  for (const char* text :
       {"", "K", "-1", "1.5G", "4g", "4GB", "8388608T", "9223372036854775808"}) {
    BOOST_TEST(!parse_size(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(limits_that_make_no_sense_are_refused) {
  const auto with = [](auto set) {
    ServeOptions options;
    set(options);
    return check(options).has_value();
  };
  BOOST_TEST(with([](auto& options) { options.max_members = 1; }));
  BOOST_TEST(with([](auto& options) { options.max_members = 10'000; }));
  BOOST_TEST(!with([](auto& options) { options.max_members = 0; }));
  BOOST_TEST(!with([](auto& options) { options.max_members = 10'001; }));
  BOOST_TEST(with([](auto& options) { options.max_connections_per_address = 1; }));
  BOOST_TEST(!with([](auto& options) { options.max_connections_per_address = 0; }));
  BOOST_TEST(with([](auto& options) { options.public_address = {"example.org", 443}; }));
  BOOST_TEST(!with([](auto& options) { options.public_address = {"example.org", 0}; }));
  BOOST_TEST(!with([](auto& options) { options.public_address = {"0.0.0.0", 443}; }));
  BOOST_TEST(!with([](auto& options) { options.public_address = {"no host", 443}; }));
}

BOOST_AUTO_TEST_CASE(on_loopback_only_the_names_of_loopback_are_answered) {
  ServeOptions options;
  const auto has = [&](const char* name) {
    const auto hosts = handshake_rules(options).hosts;
    return !hosts || std::find(hosts->begin(), hosts->end(), name) != hosts->end();
  };
  BOOST_TEST(has("localhost:4430"));
  BOOST_TEST(has("127.0.0.1:4430"));
  BOOST_TEST(has("[::1]:4430"));
  BOOST_TEST(!has("localhost"));
  BOOST_TEST(!has("example.org:4430"));
  options.public_address = {"example.org", 443};
  BOOST_TEST(has("example.org"));
  BOOST_TEST(has("example.org:443"));
  options.allowed_hosts = {"other.org"};
  BOOST_TEST(has("other.org"));
  BOOST_TEST(!has("localhost:4430"));
}

BOOST_AUTO_TEST_CASE(elsewhere_and_behind_a_proxy_any_name_is_answered) {
  ServeOptions options;
  options.behind_proxy = true;
  BOOST_TEST(!handshake_rules(options).hosts.has_value());
  options.behind_proxy = false;
  options.listen.host = "0.0.0.0";
  BOOST_TEST(!handshake_rules(options).hosts.has_value());
  BOOST_TEST(!handshake_rules(options).origins.has_value());
  options.allowed_origins = {"https://example.org"};
  BOOST_TEST(handshake_rules(options).origins->front() == "https://example.org");
}

BOOST_AUTO_TEST_CASE(links_lead_to_where_the_server_is) {
  ServeOptions options;
  BOOST_TEST(public_address(options, 99) == "127.0.0.1:99");
  options.listen.host = "::1";
  BOOST_TEST(public_address(options, 99) == "[::1]:99");
  options.listen.host = "0.0.0.0";
  BOOST_TEST(!public_address(options, 99).starts_with("0."));  // the machine's name
  options.public_address = {"example.org", 443};
  BOOST_TEST(public_address(options, 99) == "example.org:443");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
