#include "daemon/loop/socket_address.h"

#include <boost/test/unit_test.hpp>

namespace plait::loop {

BOOST_AUTO_TEST_SUITE(socket_address)

BOOST_AUTO_TEST_CASE(an_ipv4_address_is_written_with_its_port) {
  BOOST_TEST(to_text({"192.0.2.7", 4430}) == "192.0.2.7:4430");
}

BOOST_AUTO_TEST_CASE(an_ipv6_address_is_written_in_brackets) {
  BOOST_TEST(to_text({"2001:db8::7", 80}) == "[2001:db8::7]:80");
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_is_the_first_half_of_its_addresses) {
  BOOST_TEST(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  BOOST_TEST(network_of("2001:db8:1:2::") == "2001:db8:1:2::/64");
  BOOST_TEST(network_of("2001:db8:1:3::1") == "2001:db8:1:3::/64");
  BOOST_TEST(network_of("::1") == "::/64");
}

BOOST_AUTO_TEST_CASE(every_ipv4_address_is_a_network) {
  BOOST_TEST(network_of("192.0.2.7") == "192.0.2.7");
  BOOST_TEST(network_of("::ffff:192.0.2.7") == "::ffff:192.0.2.7");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_stands_for_itself) {
  BOOST_TEST(network_of("unknown") == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
