#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "daemon/store/request.h"

namespace plait::support {

/// A store's queue without a thread, on a disk that syncs, answers, fails and forgets when it
/// is told to.
///
/// A request goes through three states: asked for, synced, answered. A crash may come between
/// any two of them.
template <class Core>
class SteppedCore {
 public:
  using Request = store::RequestOf<typename Core::Asked>;
  static constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

  explicit SteppedCore(std::unique_ptr<Core> core) : core_(std::move(core)) {}

  void enqueue(std::unique_ptr<Request> request) {
    queued_bytes_ += request->bytes();
    asked_.push_back(std::move(request));
  }
  [[nodiscard]] std::size_t queued_bytes() const { return queued_bytes_; }
  [[nodiscard]] std::size_t asked() const { return asked_.size(); }
  [[nodiscard]] std::size_t synced() const { return synced_.size(); }
  [[nodiscard]] Core& core() const { return *core_; }

  /// The oldest `count` of what was asked for is on disk from now on, in one commit.
  void sync(std::size_t count = kAll) {
    const auto end =
        asked_.begin() + static_cast<std::ptrdiff_t>(std::min(count, asked_.size()));
    const auto first = static_cast<std::ptrdiff_t>(synced_.size());
    std::move(asked_.begin(), end, std::back_inserter(synced_));
    asked_.erase(asked_.begin(), end);
    core_->run({synced_.begin() + first, synced_.end()});
    for (auto request = synced_.begin() + first; request != synced_.end(); ++request) {
      queued_bytes_ -= (*request)->bytes();
    }
  }
  /// As sync(), but the commit fails, and none of it is.
  void fail_sync(std::size_t count = kAll) {
    sqlite3* database = core_->tables().database.handle();
    sqlite3_commit_hook(
        database, [](void*) { return 1; }, /*pArg=*/nullptr);
    sync(count);
    sqlite3_commit_hook(database, /*xCallback=*/nullptr, /*pArg=*/nullptr);
  }
  /// Whoever asked for what was synced is told. What they ask for then waits for the next sync.
  void answer() {
    // Moved out: those who are told may ask for more.
    for (auto& request : std::exchange(synced_, {})) request->answer();
  }
  /// A crash: what was asked for and not synced never happened, and nobody is told anything.
  void lose_unsynced() {
    asked_.clear();
    synced_.clear();
    queued_bytes_ = 0;
  }

 private:
  std::unique_ptr<Core> core_;
  std::vector<std::unique_ptr<Request>> asked_;
  std::vector<std::unique_ptr<Request>> synced_;
  std::size_t queued_bytes_ = 0;
};

}  // namespace plait::support
