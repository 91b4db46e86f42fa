#include "daemon/crdt/map_entries.h"

#include <cstdint>

#include <boost/test/unit_test.hpp>

namespace plait::crdt {

BOOST_AUTO_TEST_SUITE(map_entries)

BOOST_AUTO_TEST_CASE(a_key_that_was_never_set_is_not_found) {
  MapEntries entries;
  BOOST_TEST(entries.empty());
  BOOST_TEST(entries.find(NameRef{1}) == nullptr);
  entries.find_or_add(NameRef{1}).newest = ItemRef{10};
  BOOST_TEST(entries.find(NameRef{2}) == nullptr);
  BOOST_TEST((entries.find(NameRef{1})->newest == ItemRef{10}));
}

BOOST_AUTO_TEST_CASE(few_or_many_are_found_and_stay_in_the_order_of_their_coming) {
  constexpr std::uint32_t kMany = 1'000;
  MapEntries entries;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    const NameRef key{kMany - i};
    BOOST_TEST(entries.find(key) == nullptr);
    entries.find_or_add(key).oldest = ItemRef{i + 1};
    entries.find_or_add(key).newest = ItemRef{i + 2};
    for (std::uint32_t j = 0; j <= i; j += i / 10 + 1) {
      const MapEntries::Entry* known = entries.find(NameRef{kMany - j});
      BOOST_TEST_REQUIRE(known != nullptr);
      BOOST_TEST((known->oldest == ItemRef{j + 1} && known->newest == ItemRef{j + 2}));
    }
  }
  BOOST_TEST(entries.size() == kMany);
  std::uint32_t next = kMany;
  for (const MapEntries::Entry& entry : entries) BOOST_TEST((entry.key == NameRef{next--}));
}

BOOST_AUTO_TEST_CASE(cleared_it_is_like_new) {
  MapEntries entries;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    entries.find_or_add(NameRef{i}).newest = ItemRef{i};
  }
  entries.clear();
  BOOST_TEST(entries.empty());
  BOOST_TEST(entries.find(NameRef{50}) == nullptr);
  entries.find_or_add(NameRef{50}).newest = ItemRef{1};
  BOOST_TEST((entries.find(NameRef{50})->newest == ItemRef{1}));
  BOOST_TEST(entries.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
