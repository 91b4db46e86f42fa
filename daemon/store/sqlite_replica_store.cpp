#include "daemon/store/sqlite_replica_store.h"

#include <utility>

#include "daemon/store/private_files.h"

namespace plait::store {

namespace {

constexpr const char* kDatabaseFile = "/replica.db";

}  // namespace

Result<std::unique_ptr<SqliteReplicaStore>> SqliteReplicaStore::open(Options options,
                                                                     const Clock& clock) {
  if (auto made = make_private_folder(options.folder); !made) return forward_error(made);
  auto core = ReplicaCore::open({options.folder + kDatabaseFile, {}}, clock);
  if (!core) return forward_error(core);
  return std::unique_ptr<SqliteReplicaStore>(
      new SqliteReplicaStore(*std::move(core), std::move(options), clock));
}

SqliteReplicaStore::SqliteReplicaStore(std::unique_ptr<ReplicaCore> core, Options options,
                                       const Clock& clock)
    : thread_(std::move(core),
              {std::move(options.post), std::move(options.on_commit), options.gather_time},
              clock) {}

Result<std::map<std::string, std::string>> SqliteReplicaStore::load_settings() {
  return thread_.wait_for<std::map<std::string, std::string>>(
      [](ReplicaTables& tables) { return tables.workspaces.load_settings(); });
}

Result<std::vector<ReplicaWorkspace>> SqliteReplicaStore::load_workspaces() {
  return thread_.wait_for<std::vector<ReplicaWorkspace>>(
      [](ReplicaTables& tables) { return tables.workspaces.load(); });
}

void SqliteReplicaStore::enqueue(std::unique_ptr<Request> request) {
  thread_.enqueue(std::move(request));
}

}  // namespace plait::store
