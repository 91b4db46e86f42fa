#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/queued_replica_store.h"
#include "daemon/store/replica_core.h"
#include "protocol/base/result.h"
#include "tests/support/stepped_core.h"

namespace plait::support {

/// The store of a client without its thread (stepped_core.h): the real tables, in a database in
/// memory, or wherever a test wants it.
class SteppedReplicaStore final : public store::QueuedReplicaStore {
 public:
  /// In memory.
  SteppedReplicaStore();
  static Result<std::unique_ptr<SteppedReplicaStore>> open(
      const store::Database::Options& options);

  [[nodiscard]] SteppedCore<store::ReplicaCore>& steps() { return steps_; }

  /// Everything that was asked for, synced and answered.
  void commit() {
    steps_.sync();
    steps_.answer();
  }
  /// Asks, commits, and gives the answer.
  template <class T, class Ask>
  Result<T> now(Ask ask) {
    std::optional<Result<T>> result;
    ask(store::Answer<T>([&](Result<T> answer) { result.emplace(std::move(answer)); }));
    commit();
    return *std::move(result);
  }

  /// What is on disk, past all requests.
  Result<std::map<std::string, std::string>> load_settings() override;
  Result<std::vector<store::ReplicaWorkspace>> load_workspaces() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return steps_.queued_bytes(); }

 protected:
  void enqueue(std::unique_ptr<Request> request) override {
    steps_.enqueue(std::move(request));
  }

 private:
  explicit SteppedReplicaStore(std::unique_ptr<store::ReplicaCore> core)
      : steps_(std::move(core)) {}

  SteppedCore<store::ReplicaCore> steps_;
};

}  // namespace plait::support
