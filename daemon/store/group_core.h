#pragma once

#include <memory>
#include <span>
#include <utility>

#include "daemon/store/database.h"
#include "daemon/store/request.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A database and what is done with it, without threads or queues: groups of requests in, one
/// commit each. Used by one thread at a time. What is in the database is the business of its
/// tables, `Of`.
template <class Of>
class GroupCore {
 public:
  using Asked = Of;

  /// The clock is asked wherever groups run; the rest is what the tables take besides the
  /// database.
  template <class... More>
  GroupCore(Database database, const Clock& clock, const More&... more)
      : database_(std::move(database)), tables_(database_, more...), clock_(clock) {}
  GroupCore(const GroupCore&) = delete;
  GroupCore& operator=(const GroupCore&) = delete;

  /// Runs all of them in one transaction and commits it. Afterwards each has its answer. True
  /// if there was something to commit.
  bool run(std::span<const std::unique_ptr<RequestOf<Of>>> group);

  /// What housekeeping there is to do between groups, a few milliseconds at most; false if
  /// none.
  bool tidy();

  [[nodiscard]] Of& tables() { return tables_; }

 private:
  /// An error is one of the group, not of a request.
  Result<bool> run_all(std::span<const std::unique_ptr<RequestOf<Of>>> group);
  Result<void> run_one(RequestOf<Of>& request);
  Result<void> begin();
  Result<bool> commit();

  Database database_;
  Of tables_;
  const Clock& clock_;
  /// Something was deleted since tidy() last found nothing to do.
  bool may_have_free_pages_ = true;
};

}  // namespace plait::store
