#include "daemon/support/clock.h"

#include <boost/test/unit_test.hpp>

namespace plait {

BOOST_AUTO_TEST_SUITE(clock)

BOOST_AUTO_TEST_CASE(monotonic_time_does_not_go_back) {
  const SystemClock clock;
  MonotonicTime before = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const MonotonicTime now = clock.now();
    BOOST_TEST_REQUIRE((before <= now));
    before = now;
  }
}

BOOST_AUTO_TEST_CASE(wall_time_counts_from_1970_in_milliseconds) {
  const WallTime now = SystemClock().wall();
  BOOST_TEST((now > WallTime{1'700'000'000'000}));  // 2023
  BOOST_TEST((now < WallTime{4'000'000'000'000}));  // 2096
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
