#include "daemon/store/durable_database.h"

#include <string>
#include <utility>

#include "daemon/store/schema.h"

namespace plait::store {

namespace {

// One connection, which keeps its locks: no second process can open the database, and the index
// of the write-ahead log needs no shared memory. auto_vacuum has to be said before the first
// table is made.
constexpr const char* kSettings = R"sql(
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 4000;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384;
PRAGMA temp_store = MEMORY;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
)sql";

Result<void> harden(sqlite3* connection) {
  // The schema is ours and stays as it is; no SQL comes from outside, and none gets more to do.
  for (const auto& [option, value] :
       {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, std::pair{SQLITE_DBCONFIG_DQS_DML, 0},
        std::pair{SQLITE_DBCONFIG_DQS_DDL, 0}, std::pair{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}}) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): SQLite's interface
    const int code = sqlite3_db_config(connection, option, value, nullptr);
    if (code != SQLITE_OK) return failure_of(code, connection);
  }
  return {};
}

Result<void> quick_check(Database& database) {
  Cursor row = database.query("PRAGMA quick_check(1)");
  if (row.next() && row.bytes(0) != "ok") {
    return fail(ErrorCode::Damaged, "the database is damaged: " + row.text(0));
  }
  return row.status();
}

}  // namespace

Result<Database> open_durable(const Database::Options& options,
                              std::span<const char* const> schema, int application_id) {
  auto database = Database::open(options);
  if (!database) return database;
  auto done = harden(database->handle());
  if (done) done = database->script(kSettings);
  if (done) done = quick_check(*database);
  if (done) done = migrate(*database, schema, application_id);
  if (!done) return Failure{std::move(done).error().with_context("opening " + options.path)};
  return database;
}

}  // namespace plait::store
