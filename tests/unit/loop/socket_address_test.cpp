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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
