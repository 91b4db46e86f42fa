#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "daemon/store/queued_server_store.h"
#include "daemon/store/store_core.h"
#include "daemon/store/store_thread.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::store {

/// The store of a server: an SQLite database in a folder of its own, on a thread of its own
/// (store_thread.h). docs/storage.md says what survives what.
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
    std::chrono::milliseconds gather_time{50};
  };

  /// Checks and migrates what is there. Fails if another process has it open.
  static Result<std::unique_ptr<SqliteServerStore>> open(Options options, const Clock& clock,
                                                         Random& random);

  Result<Directory> load_directory() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return thread_.queued_bytes(); }

 protected:
  void enqueue(std::unique_ptr<Request> request) override;
  void enqueue(std::unique_ptr<Job> job) override;

 private:
  SqliteServerStore(std::unique_ptr<StoreCore> core, Options options, const Clock& clock);

  StoreThread<StoreCore> thread_;
};

}  // namespace plait::store
