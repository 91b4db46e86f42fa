#include "tests/support/stepped_replica_store.h"

#include "daemon/support/clock.h"
#include "protocol/base/assert.h"

namespace plait::support {

namespace {

const SystemClock kClock;  // what a client stores has no times but those it is given

std::unique_ptr<store::ReplicaCore> core_in_memory() {
  auto core = store::ReplicaCore::open({":memory:", {}}, kClock);
  PLAIT_ASSERT(core, "a database in memory to open");
  return *std::move(core);
}

}  // namespace

SteppedReplicaStore::SteppedReplicaStore() : SteppedReplicaStore(core_in_memory()) {}

Result<std::unique_ptr<SteppedReplicaStore>> SteppedReplicaStore::open(
    const store::Database::Options& options) {
  auto core = store::ReplicaCore::open(options, kClock);
  if (!core) return forward_error(core);
  return std::unique_ptr<SteppedReplicaStore>(new SteppedReplicaStore(*std::move(core)));
}

Result<std::map<std::string, std::string>> SteppedReplicaStore::load_settings() {
  return steps_.core().tables().workspaces.load_settings();
}

Result<std::vector<store::ReplicaWorkspace>> SteppedReplicaStore::load_workspaces() {
  return steps_.core().tables().workspaces.load();
}

}  // namespace plait::support
