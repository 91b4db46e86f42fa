#include "daemon/sync/backoff.h"

#include <algorithm>
#include <chrono>

#include <boost/test/unit_test.hpp>

#include "tests/support/counting_random.h"

namespace plait::sync {
namespace {

using namespace std::chrono_literals;
using Duration = Backoff::Duration;

constexpr Duration kNone{};

struct Waiting {
  support::CountingRandom random;
  Backoff backoff{random};
};

BOOST_FIXTURE_TEST_SUITE(backoff, Waiting)

BOOST_AUTO_TEST_CASE(pauses_grow_up_to_the_longest) {
  Duration most = kFirstPause;
  for (int i = 0; i < 20; ++i) {
    const Duration pause = backoff.after(kNone);
    BOOST_TEST((pause >= most / 2));
    BOOST_TEST((pause <= most));
    most = std::min<Duration>(2 * most, kLongestPause);
  }
  BOOST_TEST((most == kLongestPause));
}

BOOST_AUTO_TEST_CASE(the_first_cut_costs_no_time) {
  BOOST_TEST((backoff.after(1s) == kNone));
  BOOST_TEST((backoff.after(1s) > kNone));
  BOOST_TEST((backoff.after(59s) > kNone));
}

BOOST_AUTO_TEST_CASE(a_good_conversation_makes_forget_what_was) {
  for (int i = 0; i < 10; ++i) BOOST_TEST((backoff.after(1s) <= kLongestPause));
  BOOST_TEST((backoff.after(kGoodConversation - 1us) > kFirstPause));
  BOOST_TEST((backoff.after(kGoodConversation) == kNone));
  BOOST_TEST((backoff.after(kNone) <= kFirstPause));
}

BOOST_AUTO_TEST_CASE(those_who_are_told_when_to_come_do_not_come_together) {
  const Duration one = backoff.somewhat_later_than(1s);
  const Duration other = backoff.somewhat_later_than(1s);
  BOOST_TEST((one != other));
  BOOST_TEST((one >= 1s && one <= 1500ms));
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sync
