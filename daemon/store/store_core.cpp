#include "daemon/store/store_core.h"

#include <utility>

#include "daemon/store/generation.h"
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

/// Free pages are given back to the file system once they are so many, and more than a quarter
/// of the file. Below that they are soon needed again.
constexpr std::uint64_t kMinFreePages = 2048;
constexpr std::uint64_t kFreePagesShare = 4;

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

Result<std::unique_ptr<StoreCore>> StoreCore::open(const Options& options, const Clock& clock,
                                                   Random& random) {
  auto database = Database::open(options.database);
  if (!database) return forward_error(database);
  std::unique_ptr<StoreCore> core(new StoreCore(*std::move(database), options.quota, clock));
  if (auto ready = core->prepare(options, random); !ready) {
    return Failure{std::move(ready).error().with_context("opening " + options.database.path)};
  }
  return core;
}

Result<void> StoreCore::prepare(const Options& options, Random& random) {
  auto done = harden(database_.handle());
  if (done) done = database_.script(kSettings);
  if (done) done = quick_check(database_);
  if (done) done = migrate(database_, schema_steps());
  if (!done) return done;
  auto generation =
      settle_generation(database_, options.place(options.database.path), clock_.wall(), random);
  if (!generation) return forward_error(generation);
  tables_.generation = *generation;
  return tables_.directory.drop_expired(clock_.wall());
}

bool StoreCore::run(std::span<const std::unique_ptr<Request>> group) {
  tables_.now = clock_.wall();
  tables_.documents.begin_group(tables_.generation, tables_.now);
  const auto committed = run_all(group);
  if (committed) return *committed;
  // Fails if SQLite has rolled back by itself, and then there is nothing to be done.
  if (database_.in_transaction()) static_cast<void>(database_.run("ROLLBACK"));
  tables_.documents.group_failed();
  for (const auto& request : group) request->fail(committed.error());
  return false;
}

Result<bool> StoreCore::run_all(std::span<const std::unique_ptr<Request>> group) {
  for (const auto& request : group) {
    if (auto done = run_one(*request); !done) return forward_error(done);
  }
  return commit();
}

Result<void> StoreCore::run_one(Request& request) {
  switch (request.needs()) {
    case Needs::Transaction: {
      if (auto begun = begin(); !begun) return begun;
      request.run(tables_);
      return {};
    }
    case Needs::Nothing: {
      // It reads what was collected before it.
      if (auto flushed = tables_.documents.flush(); !flushed) return flushed;
      request.run(tables_);
      return {};
    }
    case Needs::Savepoint: break;
  }
  auto done = begin();
  if (done) done = tables_.documents.flush();
  if (done) done = database_.run("SAVEPOINT request");
  if (!done) return done;
  may_have_free_pages_ = true;
  if (!request.run(tables_)) done = database_.run("ROLLBACK TO request");
  if (done) done = database_.run("RELEASE request");
  return done;
}

Result<void> StoreCore::begin() {
  if (database_.in_transaction()) return {};
  return database_.run("BEGIN IMMEDIATE");
}

Result<bool> StoreCore::commit() {
  if (auto flushed = tables_.documents.flush(); !flushed) return forward_error(flushed);
  if (!database_.in_transaction()) return false;
  if (auto done = database_.run("COMMIT"); !done) return forward_error(done);
  return true;
}

bool StoreCore::tidy() {
  if (!may_have_free_pages_) return false;
  std::uint64_t free = 0;
  std::uint64_t pages = 0;
  {
    Cursor row = database_.query(
        "SELECT freelist_count, page_count FROM pragma_freelist_count, pragma_page_count");
    if (row.next()) {
      free = row.count(0);
      pages = row.count(1);
    }
  }
  may_have_free_pages_ = free >= kMinFreePages && free >= pages / kFreePagesShare;
  // An error here is a full disk or the like, which the next commit reports.
  if (may_have_free_pages_ && !database_.run("PRAGMA incremental_vacuum(512)")) {
    may_have_free_pages_ = false;
  }
  return may_have_free_pages_;
}

}  // namespace plait::store
