#include "tests/sim/system/system_world.h"

#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/sim/judge.h"
#include "tests/sim/system/plan.h"

namespace plait::sim::system {
namespace {

/// Whether one of a few seeds shows the mistake.
bool is_found(bool Mistakes::*mistake) {
  constexpr std::uint64_t kSeeds = 60;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Plan plan = make_plan(seed);
    plan.mistakes.*mistake = true;
    if (judge(plan)) return true;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(system_world)

BOOST_AUTO_TEST_CASE(two_machines_and_two_editors_come_to_the_same_text) {
  Plan plan;
  plan.seed = 1;
  plan.editors = {1, 1};
  for (std::size_t i = 0; i < 20; ++i) {
    plan.steps.push_back({std::chrono::milliseconds{20 * i}, Step::Kind::Type, i % 2, i, i});
  }
  const auto problem = judge(plan);
  BOOST_TEST(!problem.has_value(), problem.value_or(""));
}

BOOST_AUTO_TEST_CASE(a_few_plans_end_well) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      const auto problem = judge(make_plan(seed));
      BOOST_TEST(!problem.has_value(), problem.value_or(""));
    }
  }
}

BOOST_AUTO_TEST_CASE(some_steps_of_a_plan_can_be_played_alone) {
  Plan plan = make_plan(7);
  BOOST_TEST(describe(plan) == describe(make_plan(7)));
  keep_only(plan, {2, 3});
  BOOST_TEST_REQUIRE(plan.steps.size() == 2U);
  BOOST_TEST(plan.steps.front().number == 2U);
}

// Each of these would go unnoticed if what the simulation checks could not fail.

BOOST_AUTO_TEST_CASE(a_message_that_gets_lost_is_found) {
  BOOST_TEST(is_found(&Mistakes::network_loses));
}

BOOST_AUTO_TEST_CASE(a_disk_that_writes_over_what_others_saved_is_found) {
  BOOST_TEST(is_found(&Mistakes::disk_is_blind));
}

BOOST_AUTO_TEST_CASE(a_run_that_depends_on_more_than_its_seed_is_found) {
  BOOST_TEST(is_found(&Mistakes::seed_leaks));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sim::system
