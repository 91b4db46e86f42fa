#include "daemon/store/generation.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/store/client_leases.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

struct NewDatabase {
  NewDatabase() { BOOST_TEST_REQUIRE(migrate(database, schema_steps()).has_value()); }

  std::uint64_t settle(const std::string& place, WallTime now = kNow) {
    auto generation = settle_generation(database, place, now, random);
    BOOST_TEST_REQUIRE(generation.has_value());
    return *generation;
  }
  std::uint64_t lease() {
    auto lease = ClientLeases(database).lease({"w", "ann", "", 1}, kNow);
    BOOST_TEST_REQUIRE(lease.has_value());
    return lease->first;
  }

  Database database = InMemory::open();
  crypto::SystemRandom random;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(generation, NewDatabase)

BOOST_AUTO_TEST_CASE(it_stays_while_the_database_stays_where_it_is) {
  const std::uint64_t first = settle("here");
  BOOST_TEST(first != 0U);
  BOOST_TEST(first < std::uint64_t{1} << 53);
  BOOST_TEST(settle("here") == first);
}

BOOST_AUTO_TEST_CASE(another_file_begins_another) {
  const std::uint64_t first = settle("here");
  const std::uint64_t second = settle("there");
  BOOST_TEST(second != first);
  BOOST_TEST(settle("there") == second);
}

BOOST_AUTO_TEST_CASE(a_backup_begins_another_wherever_it_is_restored) {
  const std::uint64_t first = settle("here");
  BOOST_TEST_REQUIRE(forget_place(database).has_value());
  BOOST_TEST(settle("here") != first);
}

BOOST_AUTO_TEST_CASE(a_system_that_cannot_tell_places_apart_gets_one_for_each_start) {
  BOOST_TEST(settle("") != settle(""));
}

BOOST_AUTO_TEST_CASE(a_copy_leases_no_client_id_that_the_original_or_another_copy_leases) {
  settle("here");
  BOOST_TEST(lease() == kFirstLeasedClient);

  settle("first copy", kNow);
  const std::uint64_t in_first = lease();
  BOOST_TEST(in_first > kFirstLeasedClient + 1'000'000);

  // The second copy was made of the original too.
  BOOST_TEST_REQUIRE(
      database.run("UPDATE store SET next_client = ?", kFirstLeasedClient + 1).has_value());
  settle("second copy", {kNow.ms + 1000});
  BOOST_TEST(lease() >= in_first + 65'536);
  BOOST_TEST(lease() < kLastLeasedClient / 16);
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_does_not_take_client_ids_back) {
  settle("here");
  settle("copy", kNow);
  const std::uint64_t leased = lease();
  settle("copy of the copy", {0});
  BOOST_TEST(lease() > leased);
}

BOOST_AUTO_TEST_CASE(a_copied_file_is_another_place) {
  const support::TemporaryFolder folder;
  const std::string original = folder / "a";
  std::ofstream(original) << "x";
  const std::string place = place_of_file(original);
  BOOST_TEST(!place.empty());
  std::ofstream(original, std::ios::app) << "y";
  BOOST_TEST(place_of_file(original) == place);
  std::filesystem::copy_file(original, folder / "b");
  BOOST_TEST(place_of_file(folder / "b") != place);
  std::filesystem::rename(original, folder / "c");
  BOOST_TEST(place_of_file(folder / "c") == place);
  BOOST_TEST(place_of_file(folder / "nothing").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
