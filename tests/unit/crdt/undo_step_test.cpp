#include "daemon/crdt/undo_step.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::crdt {
namespace {

std::string listed(const OrderedRanges& ranges) {
  std::string text;
  ranges.for_each([&](const DeleteRange& range) {
    text += std::to_string(number(range.client)) + ":" + std::to_string(range.clock.value()) +
            "+" + std::to_string(range.length) + " ";
  });
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(undo_step)

BOOST_AUTO_TEST_CASE(clients_stay_in_the_order_in_which_they_came) {
  OrderedRanges ranges;
  ranges.add(ClientId{2}, Clock(10), 1);
  ranges.add(ClientId{9}, Clock(0), 2);
  ranges.add(ClientId{1}, Clock(5), 1);
  ranges.add(ClientId{9}, Clock(7), 1);
  ranges.add(ClientId{2}, Clock(3), 2);
  BOOST_TEST(listed(ranges) == "2:3+2 2:10+1 9:0+2 9:7+1 1:5+1 ");
}

BOOST_AUTO_TEST_CASE(ranges_that_touch_are_one) {
  OrderedRanges ranges;
  for (std::uint32_t clock = 0; clock < 100; ++clock) ranges.add(ClientId{1}, Clock(clock), 1);
  BOOST_TEST(listed(ranges) == "1:0+100 ");
  BOOST_TEST(ranges.contains({ClientId{1}, Clock(99)}));
  BOOST_TEST(!ranges.contains({ClientId{1}, Clock(100)}));
}

BOOST_AUTO_TEST_CASE(nothing_adds_nothing) {
  OrderedRanges ranges;
  ranges.add(ClientId{1}, Clock(4), 0);
  BOOST_TEST(ranges.empty());
  BOOST_TEST(listed(ranges) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
