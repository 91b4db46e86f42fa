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
