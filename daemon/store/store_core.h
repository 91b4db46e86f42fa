#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "daemon/store/blobs.h"
#include "daemon/store/database.h"
#include "daemon/store/request.h"
#include "daemon/store/tables.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::store {

/// The database and what is done with it, without threads or queues: groups of requests in,
/// one commit each. Used by one thread at a time.
class StoreCore {
 public:
  struct Options {
    Database::Options database;
    BlobQuota quota;
    /// Which file the database is (generation.h). Asked once it has been opened.
    std::function<std::string(const std::string& path)> place;
  };

  /// Opens, checks and migrates the database. The clock is asked wherever groups run.
  static Result<std::unique_ptr<StoreCore>> open(const Options& options, const Clock& clock,
                                                 Random& random);

  /// Runs all of them in one transaction and commits it. Afterwards each has its answer. True
  /// if there was something to commit.
  bool run(std::span<const std::unique_ptr<Request>> group);

  /// What housekeeping there is to do between groups, a few milliseconds at most; false if
  /// none.
  bool tidy();

  [[nodiscard]] Tables& tables() { return tables_; }

 private:
  StoreCore(Database database, const BlobQuota& quota, const Clock& clock)
      : database_(std::move(database)), tables_(database_, quota), clock_(clock) {}

  Result<void> prepare(const Options& options, Random& random);
  /// An error is one of the group, not of a request.
  Result<bool> run_all(std::span<const std::unique_ptr<Request>> group);
  Result<void> run_one(Request& request);
  Result<void> begin();
  Result<bool> commit();

  Database database_;
  Tables tables_;
  const Clock& clock_;
  /// Something was deleted since tidy() last found nothing to do.
  bool may_have_free_pages_ = true;
};

}  // namespace plait::store
