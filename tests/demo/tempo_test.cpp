#include "tests/demo/tempo.h"

#include <boost/test/unit_test.hpp>

namespace plait::demo {
namespace {

BOOST_AUTO_TEST_SUITE(tempo)

BOOST_AUTO_TEST_CASE(it_ends_when_it_should) {
  for (const Tick ticks : {0U, 1U, 500U, 25'000U, 1'000'000U}) {
    const Tempo tempo(ticks, 20);
    BOOST_TEST(tempo.at(0) == 0U);
    BOOST_TEST(tempo.at(20) == ticks);
    BOOST_TEST(tempo.at(100) == ticks);
  }
}

BOOST_AUTO_TEST_CASE(it_never_goes_back) {
  const Tempo tempo(25'000, 20);
  Tick before = 0;
  for (int i = 0; i < 2000; ++i) {
    const Tick now = tempo.at(i / 100.0);
    BOOST_TEST_REQUIRE(now >= before);
    before = now;
  }
}

BOOST_AUTO_TEST_CASE(the_middle_is_fast) {
  const Tempo tempo(25'000, 20);
  BOOST_TEST(tempo.rate_at(1) == 1);
  BOOST_TEST(tempo.rate_at(13) > 50);
  BOOST_TEST(tempo.rate_at(19) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::demo
