#include "daemon/store/replica_core.h"

#include "daemon/store/durable_database.h"
#include "daemon/store/replica_schema.h"

namespace plait::store {

Result<std::unique_ptr<ReplicaCore>> ReplicaCore::open(const Database::Options& options,
                                                       const Clock& clock) {
  auto database = open_durable(options, replica_schema_steps(), kReplicaApplicationId);
  if (!database) return forward_error(database);
  return std::unique_ptr<ReplicaCore>(new ReplicaCore(*std::move(database), clock));
}

}  // namespace plait::store
