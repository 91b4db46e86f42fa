#include "daemon/support/seldom.h"

#include <chrono>

#include <boost/test/unit_test.hpp>

namespace plait {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(seldom)

BOOST_AUTO_TEST_CASE(it_lets_one_through_and_counts_the_others) {
  Seldom seldom(10s);
  const MonotonicTime start{1h};
  BOOST_TEST((seldom.pass(start) == 0U));
  BOOST_TEST(!seldom.pass(start).has_value());
  BOOST_TEST(!seldom.pass(start + 10s - 1us).has_value());
  BOOST_TEST((seldom.pass(start + 10s) == 2U));
  BOOST_TEST(!seldom.pass(start + 10s).has_value());
  BOOST_TEST((seldom.pass(start + 1h) == 1U));
  BOOST_TEST((seldom.pass(start + 2h) == 0U));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
