#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/queued_server_store.h"
#include "daemon/store/store_core.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::store {

/// One commit, for metrics.
struct CommitInfo {
  std::size_t requests = 0;
  std::chrono::microseconds took{};
};

/// The store of a server: an SQLite database in a folder of its own, on a thread of its own.
///
/// Whatever waits when the thread gets around to it becomes one transaction and is on disk with
/// one sync. While it is written the next group gathers, so groups grow as the load does.
/// docs/storage.md says what survives what.
class SqliteServerStore final : public QueuedServerStore {
 public:
  struct Options {
    /// Made if it is not there; nobody else may look into it (0700).
    std::string folder;
    BlobQuota quota;
    /// Takes a function to be called on the loop's thread. Called from any thread.
    std::function<void(std::function<void()>)> post;
    /// Called on the loop's thread, before the answers of the commit.
    std::function<void(const CommitInfo&)> on_commit;
    /// Updates gather for so long before they are saved. Nothing waits for that but the word
    /// that they are: whoever receives them is served meanwhile, by all processors, and each
    /// commit costs as much as dozens of updates. Requests that somebody waits for are not
    /// held up, and take with them what has gathered.
    std::chrono::milliseconds gather_time{20};
  };

  /// Checks and migrates what is there. Fails if another process has it open.
  static Result<std::unique_ptr<SqliteServerStore>> open(Options options, const Clock& clock,
                                                         Random& random);

  /// Commits all that was asked for. Answers may still arrive on the loop afterwards.
  ~SqliteServerStore() override;

  Result<Directory> load_directory() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return queued_bytes_; }

 protected:
  void enqueue(std::unique_ptr<Request> request) override;
  void enqueue(std::unique_ptr<Job> job) override;

 private:
  using Group = std::vector<std::unique_ptr<Request>>;

  SqliteServerStore(std::unique_ptr<StoreCore> core, Options options, const Clock& clock);

  void work();
  /// Waits for something to do and takes it. False once there is nothing left and never will
  /// be.
  bool take(Group& group);
  void commit(Group group);
  void step_job();
  void abandon_jobs();
  void post_answer(std::unique_ptr<Job> job);

  const Options options_;
  const Clock& clock_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Group queue_;                             // under mutex_
  std::deque<std::unique_ptr<Job>> asked_;  // under mutex_
  bool stopping_ = false;                   // under mutex_
  bool urgent_ = false;                     // under mutex_: somebody waits for what is queued
  std::atomic<std::size_t> queued_bytes_ = 0;

  // The thread's own.
  std::unique_ptr<StoreCore> core_;
  std::deque<std::unique_ptr<Job>> jobs_;
  bool untidy_ = true;

  std::thread thread_;  // declared last: it uses all of the above
};

}  // namespace plait::store
