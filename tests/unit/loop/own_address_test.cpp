#include "daemon/loop/own_address.h"

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "daemon/loop/tcp_listener.h"

namespace plait::loop {

BOOST_AUTO_TEST_SUITE(own_address_of_this_machine)

// A machine without a network has none.
BOOST_AUTO_TEST_CASE(it_is_one_that_can_be_listened_at) {
  Loop loop;
  const auto own = own_address(loop);
  if (!own) return;
  const auto listener = TcpListener::listen(loop, *own, 0, [](auto) {});
  BOOST_TEST_REQUIRE(listener.has_value());
  BOOST_TEST(listener.value()->address().ip == *own);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
