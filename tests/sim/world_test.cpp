#include "tests/sim/world.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/sim/judge.h"

namespace plait::sim {
namespace {

/// Whether one of a few seeds shows the mistake, as this problem.
bool is_found(bool Mistakes::*mistake, std::string_view expected) {
  constexpr std::uint64_t kSeeds = 200;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Plan plan = make_plan(seed);
    plan.mistakes.*mistake = true;
    const auto problem = judge(plan);
    if (problem && problem->find(expected) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world)

BOOST_AUTO_TEST_CASE(nothing_is_wrong_with_a_server_as_it_is) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const auto problem = judge(make_plan(seed));
      BOOST_TEST(!problem.has_value(), problem.value_or(""));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_plan_and_another_is_another) {
  BOOST_TEST(describe(make_plan(7)) == describe(make_plan(7)));
  BOOST_TEST(describe(make_plan(7)) != describe(make_plan(8)));
  BOOST_TEST(World(make_plan(7), false).run().trace == World(make_plan(7), false).run().trace);
}

// Each of these would go unnoticed if what the simulation checks could not fail.

BOOST_AUTO_TEST_CASE(a_disk_that_forgets_is_found) {
  BOOST_TEST(
      is_found(&Mistakes::disk_forgets, "something was on disk and is gone after the crash"));
}

BOOST_AUTO_TEST_CASE(a_store_that_has_not_written_what_it_says_is_found) {
  BOOST_TEST(is_found(&Mistakes::disk_skips, "something was acknowledged that is not on disk"));
}

BOOST_AUTO_TEST_CASE(a_viewer_who_changes_something_is_found) {
  BOOST_TEST(is_found(&Mistakes::viewers_write, "was brought in by somebody who may not"));
}

BOOST_AUTO_TEST_CASE(a_message_that_gets_lost_is_found) {
  BOOST_TEST(is_found(&Mistakes::network_loses, ""));
}

BOOST_AUTO_TEST_CASE(a_run_that_depends_on_more_than_its_seed_is_found) {
  BOOST_TEST(is_found(&Mistakes::seed_leaks, "two runs of the same plan differ"));
}

BOOST_AUTO_TEST_CASE(a_plan_that_fails_is_made_smaller) {
  for (std::uint64_t seed = 1;; ++seed) {
    Plan plan = make_plan(seed);
    plan.mistakes.disk_forgets = true;
    if (!judge(plan)) continue;
    const Plan smaller = shrunk(plan);
    BOOST_TEST(judge(smaller).has_value());
    BOOST_TEST(smaller.steps.size() < plan.steps.size() / 2 + 2);
    return;
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sim
