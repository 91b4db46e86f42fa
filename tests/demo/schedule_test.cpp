#include "tests/demo/schedule.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/support/trace.h"

namespace plait::demo {
namespace {

constexpr Tick kLatency = 10;

/// Two authors type "abc" and "x"; the second has seen "ab" and the first nothing of the
/// second.
constexpr std::string_view kTwoAuthors = R"({
  "kind": "concurrent", "endContent": "abxc", "numAgents": 2, "txns": [
    {"parents": [], "agent": 0, "patches": [[0, 0, "a"]]},
    {"parents": [0], "agent": 0, "patches": [[1, 0, "b"]]},
    {"parents": [1], "agent": 1, "patches": [[2, 0, "x"]]},
    {"parents": [1], "agent": 0, "patches": [[2, 0, "c"]]}
  ]})";

Schedule schedule_of(std::string_view json) {
  auto trace = support::parse_trace(json);
  BOOST_TEST_REQUIRE(trace.has_value());
  auto schedule = plan_schedule(*trace, kLatency);
  BOOST_TEST_REQUIRE(schedule.has_value());
  return *std::move(schedule);
}

BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(everything_is_delivered_once) {
  std::string delivered;
  for (const Delivery& delivery : schedule_of(kTwoAuthors).deliveries) {
    delivered += std::to_string(delivery.sender) + ":";
    for (const std::uint32_t txn : delivery.txns) delivered += std::to_string(txn);
    delivered += ' ';
  }
  BOOST_TEST(delivered == "0:01 0:3 1:2 ");
}

BOOST_AUTO_TEST_CASE(a_delivery_takes_its_time_and_is_awaited) {
  const Schedule schedule = schedule_of(kTwoAuthors);
  for (const Delivery& delivery : schedule.deliveries) {
    BOOST_TEST(delivery.arrives - delivery.departs == kLatency);
  }
  for (const Event& event : schedule.events) {
    if (event.kind == Event::Kind::Type && event.index == 2) {
      BOOST_TEST(event.at == schedule.deliveries[0].arrives);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_crossed_on_the_wire_is_a_conflict) {
  const Schedule schedule = schedule_of(kTwoAuthors);
  BOOST_TEST(!schedule.deliveries[0].conflict);
  BOOST_TEST(schedule.deliveries[1].conflict);
  BOOST_TEST(schedule.deliveries[2].conflict);
}

BOOST_AUTO_TEST_CASE(recordings_of_one_author_are_refused) {
  const auto trace =
      support::parse_trace(R"({"endContent": "a", "txns": [{"patches": [[0, 0, "a"]]}]})");
  BOOST_TEST_REQUIRE(trace.has_value());
  BOOST_TEST(!plan_schedule(*trace, kLatency).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::demo
