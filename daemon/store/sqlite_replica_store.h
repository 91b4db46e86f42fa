#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/queued_replica_store.h"
#include "daemon/store/replica_core.h"
#include "daemon/store/store_thread.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// The store of a client: an SQLite database in the user's own folder, on a thread of its own
/// (store_thread.h). docs/storage.md says what survives what.
class SqliteReplicaStore final : public QueuedReplicaStore {
 public:
  struct Options {
    /// Made if it is not there; nobody else may look into it (0700).
    std::string folder;
    /// Takes a function to be called on the loop's thread. Called from any thread.
    std::function<void(std::function<void()>)> post;
    /// Called on the loop's thread, before the answers of the commit.
    std::function<void(const CommitInfo&)> on_commit;
    /// What can wait gathers for so long before it is saved.
    std::chrono::milliseconds gather_time{20};
  };

  /// Checks and migrates what is there. Fails if another process has it open.
  static Result<std::unique_ptr<SqliteReplicaStore>> open(Options options, const Clock& clock);

  Result<std::map<std::string, std::string>> load_settings() override;
  Result<std::vector<ReplicaWorkspace>> load_workspaces() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return thread_.queued_bytes(); }

 protected:
  void enqueue(std::unique_ptr<Request> request) override;

 private:
  SqliteReplicaStore(std::unique_ptr<ReplicaCore> core, Options options, const Clock& clock);

  StoreThread<ReplicaCore> thread_;
};

}  // namespace plait::store
