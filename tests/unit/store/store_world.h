#pragma once

#include <memory>

#include "daemon/crypto/random.h"
#include "daemon/store/database.h"
#include "daemon/store/schema.h"
#include "daemon/store/tables.h"
#include "daemon/support/clock.h"
#include "protocol/base/assert.h"

namespace plait::store {

inline constexpr WallTime kNow{1'700'000'000'000};

/// Time stands where a test puts it.
struct StillClock final : Clock {
  [[nodiscard]] MonotonicTime now() const override { return {}; }
  [[nodiscard]] WallTime wall() const override { return time; }
  WallTime time = kNow;
};

/// All tables, empty, in memory; no transactions.
struct InMemory {
  explicit InMemory(const BlobQuota& quota = {}) : database(open()), tables(database, quota) {
    PLAIT_ASSERT(migrate(database, schema_steps()), "a new database to take the schema");
    PLAIT_ASSERT(
        database.run("INSERT INTO store VALUES (1, 5, 'memory', ?)", kFirstLeasedClient),
        "a row to be written");
    tables.generation = 5;
    tables.now = kNow;
    tables.documents.begin_group(tables.generation, tables.now);
  }

  static Database open() {
    auto database = Database::open({":memory:", {}});
    PLAIT_ASSERT(database, "a database in memory to open");
    PLAIT_ASSERT(database->script("PRAGMA foreign_keys = ON"), "foreign keys to be checked");
    return *std::move(database);
  }

  Database database;
  Tables tables;
};

}  // namespace plait::store
