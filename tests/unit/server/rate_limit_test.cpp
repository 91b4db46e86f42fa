#include "daemon/server/rate_limit.h"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::server {
namespace {

using namespace std::chrono_literals;

struct Door {
  RateLimit limit{{3, 10s}};
  MonotonicTime now{std::chrono::hours{1}};

  std::chrono::milliseconds tries(std::string_view who = "ann") { return limit.take(who, now); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rate_limit, Door)

BOOST_AUTO_TEST_CASE(some_may_come_at_once_and_then_one_after_each_pause) {
  for (int i = 0; i < 3; ++i) BOOST_TEST(tries().count() == 0);
  BOOST_TEST(tries().count() == 10'000);
  now += 9'999ms;
  BOOST_TEST(tries().count() == 1);
  now += 1ms;
  BOOST_TEST(tries().count() == 0);
  BOOST_TEST(tries().count() == 10'000);
}

BOOST_AUTO_TEST_CASE(who_waits_long_enough_may_do_all_of_it_again) {
  for (int i = 0; i < 3; ++i) tries();
  now += 30s;
  for (int i = 0; i < 3; ++i) BOOST_TEST(tries().count() == 0);
  BOOST_TEST(tries().count() > 0);
}

BOOST_AUTO_TEST_CASE(what_is_refused_does_not_count) {
  for (int i = 0; i < 100; ++i) tries();
  BOOST_TEST(tries().count() == 10'000);
}

BOOST_AUTO_TEST_CASE(nobody_pays_for_others) {
  for (int i = 0; i < 100; ++i) tries("eve");
  BOOST_TEST(tries("ann").count() == 0);
}

BOOST_AUTO_TEST_CASE(it_remembers_only_so_many) {
  for (std::size_t i = 0; i < kMaxRateKeys; ++i) tries(std::to_string(i));
  BOOST_TEST(limit.size() == kMaxRateKeys);
  tries("one more");
  BOOST_TEST(limit.size() == kMaxRateKeys);
  now += 10s;
  tries("another");
  BOOST_TEST(limit.size() == 1U);  // the others may do everything again
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
