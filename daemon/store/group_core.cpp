#include "daemon/store/group_core.h"

#include <cstdint>

#include "daemon/store/replica_tables.h"
#include "daemon/store/tables.h"

namespace plait::store {

namespace {

/// Free pages are given back to the file system once they are so many, and more than a quarter
/// of the file. Below that they are soon needed again.
constexpr std::uint64_t kMinFreePages = 2048;
constexpr std::uint64_t kFreePagesShare = 4;

}  // namespace

template <class Of>
bool GroupCore<Of>::run(std::span<const std::unique_ptr<RequestOf<Of>>> group) {
  tables_.begin_group(clock_.wall());
  const auto committed = run_all(group);
  if (committed) return *committed;
  // Fails if SQLite has rolled back by itself, and then there is nothing to be done.
  if (database_.in_transaction()) static_cast<void>(database_.run("ROLLBACK"));
  tables_.group_failed();
  for (const auto& request : group) request->fail(committed.error());
  return false;
}

template <class Of>
Result<bool> GroupCore<Of>::run_all(std::span<const std::unique_ptr<RequestOf<Of>>> group) {
  for (const auto& request : group) {
    if (auto done = run_one(*request); !done) return forward_error(done);
  }
  return commit();
}

template <class Of>
Result<void> GroupCore<Of>::run_one(RequestOf<Of>& request) {
  switch (request.needs()) {
    case Needs::Transaction: {
      if (auto begun = begin(); !begun) return begun;
      static_cast<void>(request.run(tables_));
      return {};
    }
    case Needs::Nothing: {
      // It reads what was collected before it.
      if (auto flushed = tables_.flush(); !flushed) return flushed;
      static_cast<void>(request.run(tables_));
      return {};
    }
    case Needs::Savepoint: break;
  }
  auto done = begin();
  if (done) done = tables_.flush();
  if (done) done = database_.run("SAVEPOINT request");
  if (!done) return done;
  may_have_free_pages_ = true;
  auto succeeded = request.run(tables_);
  // A disk that is full or fails may have cost SQLite all of the transaction.
  if (!succeeded && !database_.in_transaction()) return succeeded;
  if (!succeeded) done = database_.run("ROLLBACK TO request");
  if (done) done = database_.run("RELEASE request");
  return done;
}

template <class Of>
Result<void> GroupCore<Of>::begin() {
  if (database_.in_transaction()) return {};
  return database_.run("BEGIN IMMEDIATE");
}

template <class Of>
Result<bool> GroupCore<Of>::commit() {
  if (auto flushed = tables_.flush(); !flushed) return forward_error(flushed);
  if (!database_.in_transaction()) return false;
  if (auto done = database_.run("COMMIT"); !done) return forward_error(done);
  return true;
}

template <class Of>
bool GroupCore<Of>::tidy() {
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

template class GroupCore<Tables>;
template class GroupCore<ReplicaTables>;

}  // namespace plait::store
