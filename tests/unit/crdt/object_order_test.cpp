#include "daemon/crdt/object_order.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait {
namespace {

using Keys = std::vector<std::string_view>;
using Order = std::vector<std::uint32_t>;

// The suite is named like the function, so it lives outside of the function's namespace.
bool in_order(Keys keys) { return crdt::is_object_order(keys); }
Order order_of(const Keys& keys) { return crdt::object_order(keys); }

}  // namespace

BOOST_AUTO_TEST_SUITE(object_order)

BOOST_AUTO_TEST_CASE(indices_come_first_and_ascend) {
  BOOST_TEST(order_of(Keys{"b", "10", "9", "a"}) == (Order{2, 1, 0, 3}));
  BOOST_TEST(in_order({"9", "10", "b", "a"}));
  BOOST_TEST(!in_order({"10", "9"}));
  BOOST_TEST(!in_order({"a", "1"}));
}

BOOST_AUTO_TEST_CASE(what_looks_like_an_index_may_be_a_name) {
  const Keys names = {"01", "4294967295", "-1", "1.5", "", "99999999999", "1a"};
  BOOST_TEST(in_order(names));
  BOOST_TEST(order_of(names) == (Order{0, 1, 2, 3, 4, 5, 6}));
  BOOST_TEST(!in_order({"x", "4294967294"}));
  BOOST_TEST(!in_order({"x", "0"}));
}

BOOST_AUTO_TEST_CASE(the_later_of_two_takes_the_place_of_the_earlier) {
  BOOST_TEST(order_of(Keys{"b", "a", "b"}) == (Order{2, 1}));
  BOOST_TEST(order_of(Keys{"1", "1", "0", "1"}) == (Order{2, 3}));
  BOOST_TEST(!in_order({"a", "b", "a"}));
  BOOST_TEST(!in_order({"1", "1"}));
}

BOOST_AUTO_TEST_CASE(no_keys_are_in_order) {
  BOOST_TEST(in_order({}));
  BOOST_TEST(order_of(Keys{}).empty());
}

BOOST_AUTO_TEST_CASE(what_was_put_in_order_is_in_order) {
  support::SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  const std::vector<std::string> pool = {"a", "b", "c", "0", "1", "10", "2", "01", "", "zz"};
  for (int i = 0; i < 20'000; ++i) {
    Keys keys;
    for (std::size_t left = random.below(12); left > 0; --left)
      keys.push_back(random.pick(pool));
    const Order order = order_of(keys);
    Keys sorted;
    for (const std::uint32_t index : order) sorted.push_back(keys[index]);
    BOOST_TEST_REQUIRE(in_order(sorted));
    BOOST_TEST_REQUIRE(in_order(keys) == (sorted == keys));
    // Every key is there, with the last that was given for it.
    for (const std::string_view key : keys) {
      const auto at = std::find(sorted.begin(), sorted.end(), key) - sorted.begin();
      BOOST_TEST_REQUIRE(static_cast<std::size_t>(at) < sorted.size());
      const auto last = std::find(keys.rbegin(), keys.rend(), key);
      BOOST_TEST_REQUIRE(order[static_cast<std::size_t>(at)] ==
                         static_cast<std::size_t>(keys.rend() - last) - 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
