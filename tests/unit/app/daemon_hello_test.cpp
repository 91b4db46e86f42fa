#include "daemon/app/daemon_hello.h"

#include <boost/test/unit_test.hpp>

namespace plait::app {

BOOST_AUTO_TEST_SUITE(daemon_hello)

BOOST_AUTO_TEST_CASE(versions_are_compared_by_their_numbers) {
  BOOST_TEST(is_newer("0.2.0", "0.1.9"));
  BOOST_TEST(is_newer("0.10.0", "0.9.0"));
  BOOST_TEST(is_newer("1", "0.9.9"));
  BOOST_TEST(!is_newer("0.1.0", "0.1.0"));
  BOOST_TEST(!is_newer("0.1", "0.1.0"));
  BOOST_TEST(!is_newer("0.1.0", "0.1.1"));
  BOOST_TEST(is_newer("0.0.1", "none"));
  BOOST_TEST(!is_newer("", "none"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
