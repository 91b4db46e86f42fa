#include "daemon/store/client_leases.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/store/records.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {

BOOST_FIXTURE_TEST_SUITE(client_leases, InMemory)

BOOST_AUTO_TEST_CASE(ids_begin_at_two_to_the_32_and_are_never_given_twice) {
  const LeaseRequest request{"w", "ann", "key", 3};
  BOOST_TEST(tables.leases.lease(request, kNow)->first == std::uint64_t{1} << 32);
  BOOST_TEST(tables.leases.lease(request, kNow)->first == (std::uint64_t{1} << 32) + 3);
}

BOOST_AUTO_TEST_CASE(every_id_of_a_lease_has_its_holder) {
  BOOST_TEST_REQUIRE(tables.leases.lease({"w", "ann", "key", 2}, kNow).has_value());
  BOOST_TEST_REQUIRE(tables.leases.lease({"w", "bob", "", 1}, kNow).has_value());
  BOOST_TEST(tables.leases.holder(kFirstLeasedClient)->member == "ann");
  BOOST_TEST(tables.leases.holder(kFirstLeasedClient + 1)->device == "key");
  BOOST_TEST(tables.leases.holder(kFirstLeasedClient + 2)->member == "bob");
  for (const std::uint64_t nobodys :
       {std::uint64_t{0}, kFirstLeasedClient - 1, kFirstLeasedClient + 3, ~std::uint64_t{0}}) {
    const auto holder = tables.leases.holder(nobodys);
    BOOST_TEST_REQUIRE(!holder.has_value());
    BOOST_TEST((holder.error().code == ErrorCode::NotFound));
  }
}

BOOST_AUTO_TEST_CASE(a_replica_that_asks_again_gets_the_same_ids) {
  const auto first = tables.leases.lease({"w", "ann", "key", 2, "r-1"}, kNow);
  const auto again = tables.leases.lease({"w", "ann", "key", 5, "r-1"}, kNow);
  BOOST_TEST(again->first == first->first);
  BOOST_TEST(again->count == 2U);
  for (const LeaseRequest& other :
       {LeaseRequest{"w", "ann", "key", 2, "r-2"}, LeaseRequest{"w", "ann", "key", 2, ""},
        LeaseRequest{"w", "ann", "other", 2, "r-1"}, LeaseRequest{"w", "bob", "key", 2, "r-1"},
        LeaseRequest{"v", "ann", "key", 2, "r-1"}}) {
    BOOST_TEST(tables.leases.lease(other, kNow)->first > first->first);
  }
  BOOST_TEST(tables.leases.holder(first->first)->replica == "r-1");
}

BOOST_AUTO_TEST_CASE(a_device_has_all_that_it_was_ever_leased) {
  const auto first = tables.leases.lease({"w", "ann", "key", 2, "r-1"}, kNow);
  BOOST_TEST_REQUIRE(tables.leases.lease({"w", "ann", "other", 1, "r-1"}, kNow).has_value());
  const auto second = tables.leases.lease({"w", "ann", "key", 1, "r-2"}, kNow);
  const auto all = tables.leases.of_device("w", "ann", "key").value();
  BOOST_TEST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].first == first->first);
  BOOST_TEST(all[0].count == 2U);
  BOOST_TEST(all[1].first == second->first);
  BOOST_TEST(tables.leases.of_device("w", "bob", "key")->empty());
}

BOOST_AUTO_TEST_CASE(a_lease_is_for_one_id_or_more_up_to_its_limit) {
  BOOST_TEST(!tables.leases.lease({"w", "ann", "", 0}, kNow).has_value());
  BOOST_TEST(tables.leases.lease({"w", "ann", "", 1}, kNow).has_value());
  BOOST_TEST(tables.leases.lease({"w", "ann", "", kMaxLeaseCount}, kNow).has_value());
  BOOST_TEST(!tables.leases.lease({"w", "ann", "", kMaxLeaseCount + 1}, kNow).has_value());
  const std::string longest(kMaxRecordTextBytes, 'a');
  BOOST_TEST(tables.leases.lease({"w", longest, "", 1}, kNow).has_value());
  BOOST_TEST(!tables.leases.lease({"w", longest + "a", "", 1}, kNow).has_value());
}

BOOST_AUTO_TEST_CASE(the_last_id_is_what_javascript_can_count) {
  BOOST_TEST_REQUIRE(
      database.run("UPDATE store SET next_client = ?", kLastLeasedClient - 1).has_value());
  BOOST_TEST(!tables.leases.lease({"w", "ann", "", 3}, kNow).has_value());
  BOOST_TEST(tables.leases.lease({"w", "ann", "", 2}, kNow)->first == kLastLeasedClient - 1);
  BOOST_TEST(!tables.leases.lease({"w", "ann", "", 1}, kNow).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
