#include "daemon/store/database.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/temporary_folder.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {
namespace {

struct OneTable {
  OneTable() {
    BOOST_TEST_REQUIRE(
        database.script("CREATE TABLE t (i INTEGER, s TEXT, b BLOB)").has_value());
  }
  Database database = InMemory::open();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(database, OneTable)

BOOST_AUTO_TEST_CASE(values_come_back_as_they_were_bound) {
  const std::string text("a\0b", 3);
  const std::array<std::uint8_t, 4> bytes{0, 1, 2, 255};
  BOOST_TEST_REQUIRE(
      database.run("INSERT INTO t VALUES (?, ?, ?)", -7, text, Blob(bytes)).has_value());
  Cursor row = database.query("SELECT i, s, b FROM t");
  BOOST_TEST_REQUIRE(row.next());
  BOOST_TEST(row.integer(0) == -7);
  BOOST_TEST(row.text(1) == text);
  BOOST_TEST(row.array<4>(2) == bytes);
  BOOST_TEST(row.array<3>(2) == (std::array<std::uint8_t, 3>{}));
  BOOST_TEST(!row.next());
  BOOST_TEST(row.status().has_value());
}

BOOST_AUTO_TEST_CASE(empty_is_not_null) {
  BOOST_TEST_REQUIRE(database
                         .run("INSERT INTO t VALUES (?, ?, ?)", std::optional<std::int64_t>{},
                              std::string_view{}, Blob(std::string_view{}))
                         .has_value());
  Cursor row = database.query("SELECT i, s, b, typeof(s), typeof(b) FROM t");
  BOOST_TEST_REQUIRE(row.next());
  BOOST_TEST(row.is_null(0));
  BOOST_TEST(row.text(3) == "text");
  BOOST_TEST(row.text(4) == "blob");
}

BOOST_AUTO_TEST_CASE(a_number_past_what_sqlite_holds_is_its_largest) {
  Cursor row = database.query("SELECT ?", std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST_REQUIRE(row.next());
  BOOST_TEST(row.integer(0) == std::numeric_limits<std::int64_t>::max());
}

BOOST_AUTO_TEST_CASE(a_statement_can_be_used_again_and_again) {
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST_REQUIRE(database.run("INSERT INTO t (i) VALUES (?)", i).has_value());
  }
  for (int repeat = 0; repeat < 2; ++repeat) {
    Cursor row = database.query("SELECT count(*) FROM t WHERE i < ?", 2);
    BOOST_TEST_REQUIRE(row.next());
    BOOST_TEST(row.integer(0) == 2);
  }
}

BOOST_AUTO_TEST_CASE(a_mistake_is_an_error_with_sqlites_words) {
  const auto done = database.run("SELECT no_such_column FROM t");
  BOOST_TEST_REQUIRE(!done.has_value());
  BOOST_TEST(done.error().message.find("no_such_column") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_constraint_is_refused) {
  BOOST_TEST_REQUIRE(database.script("CREATE UNIQUE INDEX u ON t (i)").has_value());
  BOOST_TEST(database.run("INSERT INTO t (i) VALUES (1)").has_value());
  const auto again = database.run("INSERT INTO t (i) VALUES (1)");
  BOOST_TEST_REQUIRE(!again.has_value());
  BOOST_TEST((again.error().code == ErrorCode::Refused));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_made_is_an_error) {
  const support::TemporaryFolder folder;
  const auto opened = Database::open({folder / "no/such/folder.db", {}});
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ErrorCode::System));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
