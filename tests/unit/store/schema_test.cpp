#include "daemon/store/schema.h"

#include <array>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/store/directory_tables.h"
#include "daemon/store/document_log.h"
#include "daemon/store/hash_chain.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

std::string tables_of(Database& database) {
  std::string names;
  Cursor row =
      database.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (row.next()) names += row.text(0) + " ";
  return names;
}

std::int64_t version_of(Database& database) {
  Cursor row = database.query("PRAGMA user_version");
  BOOST_TEST_REQUIRE(row.next());
  return row.integer(0);
}

// The schema's history as it might look some day.
constexpr std::array kHistory = {
    "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
    "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7",
    "CREATE TABLE b (z INTEGER); INSERT INTO b SELECT x + y FROM a",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(a_new_database_gets_every_step) {
  Database database = InMemory::open();
  BOOST_TEST_REQUIRE(migrate(database, kHistory).has_value());
  BOOST_TEST(version_of(database) == 3);
  Cursor row = database.query("SELECT z FROM b");
  BOOST_TEST_REQUIRE(row.next());
  BOOST_TEST(row.integer(0) == 8);
}

BOOST_AUTO_TEST_CASE(every_older_version_ends_with_the_same_tables_and_keeps_its_rows) {
  for (std::size_t from = 1; from <= kHistory.size(); ++from) {
    Database database = InMemory::open();
    BOOST_TEST_REQUIRE(migrate(database, std::span(kHistory).first(from)).has_value());
    BOOST_TEST(version_of(database) == static_cast<std::int64_t>(from));
    BOOST_TEST_REQUIRE(migrate(database, kHistory).has_value());
    BOOST_TEST(tables_of(database) == "a b ");
    Cursor row = database.query("SELECT z FROM b");
    BOOST_TEST_REQUIRE(row.next());
    BOOST_TEST(row.integer(0) == 8);
  }
}

BOOST_AUTO_TEST_CASE(the_real_schema_comes_from_every_version_it_ever_had) {
  std::string expected;
  for (std::size_t from = 0; from <= schema_steps().size(); ++from) {
    Database database = InMemory::open();
    BOOST_TEST_REQUIRE(migrate(database, schema_steps().first(from)).has_value());
    BOOST_TEST_REQUIRE(migrate(database, schema_steps()).has_value());
    if (from == 0) expected = tables_of(database);
    BOOST_TEST(tables_of(database) == expected);
    BOOST_TEST(version_of(database) == static_cast<std::int64_t>(schema_steps().size()));
  }
  BOOST_TEST(expected.find("log") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(members_of_an_older_version_were_never_seen) {
  Database database = InMemory::open();
  BOOST_TEST_REQUIRE(migrate(database, schema_steps().first(2)).has_value());
  BOOST_TEST_REQUIRE(
      database
          .script("INSERT INTO workspaces (id, name, created) VALUES ('w', 'Team', 1);"
                  "INSERT INTO members (workspace, id, name, role, revoked, joined)"
                  " VALUES ('w', 'm', 'Ann', 'owner', 0, 2)")
          .has_value());
  BOOST_TEST_REQUIRE(migrate(database, schema_steps()).has_value());
  const auto directory = DirectoryTables(database).load(kNow);
  BOOST_TEST_REQUIRE(directory.has_value());
  const MemberRecord ann{"w", "m", "Ann", "owner", false, {2}, {}, {0}};
  BOOST_TEST((directory->members == std::vector{ann}));
}

BOOST_AUTO_TEST_CASE(a_document_of_an_older_version_goes_on) {
  Database database = InMemory::open();
  BOOST_TEST_REQUIRE(migrate(database, schema_steps().first(3)).has_value());
  crypto::Sha256 hasher;
  const auto head = next_in_chain(hasher, kChainStart, {1, 1, 5, kNow.ms, "ann"}, "\1a");
  BOOST_TEST_REQUIRE(database.script("INSERT INTO authors (name) VALUES ('ann')").has_value());
  BOOST_TEST_REQUIRE(database
                         .run("INSERT INTO documents (workspace, name, last_sequence, head, "
                              "log_bytes) VALUES ('w', 'a', 1, ?, 2)",
                              Blob(head))
                         .has_value());
  BOOST_TEST_REQUIRE(
      database.run("INSERT INTO log VALUES (1, 1, 5, ?, 1, 2, ?, x'0161')", kNow, Blob(head))
          .has_value());
  BOOST_TEST_REQUIRE(migrate(database, schema_steps()).has_value());
  DocumentLog log(database);
  log.begin_group(5, kNow);
  const auto key = log.open("w", "a")->key;
  BOOST_TEST(log.append(key, {"bob"}, "\1b")->sequence == 2U);
  BOOST_TEST_REQUIRE(log.flush().has_value());
  BOOST_TEST(log.open("w", "a")->tail == (std::vector<std::string>{"\1a", "\1b"}));
}

BOOST_AUTO_TEST_CASE(a_step_that_fails_leaves_the_version_before_it_whole) {
  constexpr std::array kBroken = {kHistory[0],
                                  "CREATE TABLE c (i INTEGER); INSERT INTO nowhere"};
  Database database = InMemory::open();
  const auto done = migrate(database, kBroken);
  BOOST_TEST_REQUIRE(!done.has_value());
  BOOST_TEST(done.error().message.starts_with("migrating to version 2"));
  BOOST_TEST(version_of(database) == 1);
  BOOST_TEST(tables_of(database) == "a ");
  BOOST_TEST(!database.in_transaction());
}

BOOST_AUTO_TEST_CASE(a_newer_version_is_refused_and_left_alone) {
  Database database = InMemory::open();
  BOOST_TEST_REQUIRE(migrate(database, kHistory).has_value());
  const auto done = migrate(database, std::span(kHistory).first(2));
  BOOST_TEST_REQUIRE(!done.has_value());
  BOOST_TEST((done.error().code == ErrorCode::Unsupported));
  BOOST_TEST(version_of(database) == 3);
}

BOOST_AUTO_TEST_CASE(the_database_of_another_program_is_refused_and_left_alone) {
  Database database = InMemory::open();
  BOOST_TEST_REQUIRE(database.script("CREATE TABLE bookmarks (url TEXT)").has_value());
  const auto done = migrate(database, kHistory);
  BOOST_TEST_REQUIRE(!done.has_value());
  BOOST_TEST((done.error().code == ErrorCode::Unsupported));
  BOOST_TEST(tables_of(database) == "bookmarks ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
