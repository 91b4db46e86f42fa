#include "daemon/app/server_probe.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::app {
namespace {

const std::string kFingerprint(64, 'a');
const std::string kSecret = "AAAAAAAAAAAAAAAAAAAAAA";

}  // namespace

BOOST_AUTO_TEST_SUITE(server_probe)

BOOST_AUTO_TEST_CASE(a_server_is_named_as_people_do) {
  const ProbeTarget usual{"plait.example.org", 443, {}};
  for (const char* text : {"plait.example.org", "wss://plait.example.org",
                           "https://plait.example.org/", "plait.example.org:443/x"}) {
    BOOST_TEST((parse_probe_target(text).value() == usual), text);
  }
  BOOST_TEST(
      (parse_probe_target("192.0.2.7:4430").value() == ProbeTarget{"192.0.2.7", 4430, {}}));
  BOOST_TEST((parse_probe_target("[::1]").value() == ProbeTarget{"::1", 443, {}}));
  BOOST_TEST((parse_probe_target("[2001:db8::7]:4430").value() ==
              ProbeTarget{"2001:db8::7", 4430, {}}));
}

BOOST_AUTO_TEST_CASE(a_link_names_its_server_and_how_to_know_it) {
  const auto target =
      parse_probe_target("plait://192.0.2.7:4430/w1#" + kSecret + "." + kFingerprint);
  BOOST_TEST_REQUIRE(target.has_value());
  BOOST_TEST(target->host == "192.0.2.7");
  BOOST_TEST(target->port == 4430);
  BOOST_TEST(target->fingerprint->text() == kFingerprint);
  BOOST_TEST(
      !parse_probe_target("plait://192.0.2.7:4430/w1#" + kSecret)->fingerprint.has_value());
}

BOOST_AUTO_TEST_CASE(what_names_no_server_is_refused) {
  for (const char* text : {"", "wss://", ":4430", "a:0", "a:65536", "plait://a", "::1"}) {
    BOOST_TEST(!parse_probe_target(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
