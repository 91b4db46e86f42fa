#include "daemon/store/replica_schema.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/store/replica_tables.h"
#include "daemon/store/schema.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

Result<void> migrate_replica(Database& database, std::size_t versions) {
  return migrate(database, replica_schema_steps().first(versions), kReplicaApplicationId);
}

const std::size_t kVersions = replica_schema_steps().size();

}  // namespace

BOOST_AUTO_TEST_SUITE(replica_schema)

BOOST_AUTO_TEST_CASE(every_older_version_keeps_its_rows) {
  // From version 1 on, a workspace with a document looked like this.
  constexpr const char* kFirst =
      "INSERT INTO workspaces (id, name, folder, host, port, embedded, role, user, generation,"
      " feed_sequence, state) VALUES ('w', 'Team', '/home/ann/w', '', 0, 0, '', '', 0, 0, 1);"
      "INSERT INTO documents (workspace, id, synced_version) VALUES (1, 'a', 7)";
  for (std::size_t from = 1; from <= kVersions; ++from) {
    Database database = InMemory::open();
    BOOST_TEST_REQUIRE(migrate_replica(database, from).has_value());
    BOOST_TEST_REQUIRE(database.script(kFirst).has_value());
    BOOST_TEST_REQUIRE(migrate_replica(database, kVersions).has_value());
    ReplicaTables tables(database);
    BOOST_TEST_REQUIRE(tables.workspaces.load()->size() == 1U);
    BOOST_TEST(tables.workspaces.load()->front().folder == "/home/ann/w");
    BOOST_TEST(tables.documents.open({"w", "a"})->synced_version == 7U);
    BOOST_TEST(tables.stats().has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_server_and_a_client_do_not_take_each_others_databases) {
  Database of_server = InMemory::open();
  BOOST_TEST_REQUIRE(migrate(of_server, schema_steps()).has_value());
  const auto as_client = migrate_replica(of_server, kVersions);
  BOOST_TEST_REQUIRE(!as_client.has_value());
  BOOST_TEST((as_client.error().code == ErrorCode::Unsupported));

  Database of_client = InMemory::open();
  BOOST_TEST_REQUIRE(migrate_replica(of_client, kVersions).has_value());
  BOOST_TEST(!migrate(of_client, schema_steps()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
