#pragma once

#include <cstdint>
#include <span>

#include "daemon/store/database.h"
#include "daemon/store/replica_records.h"
#include "daemon/store/replica_workspaces.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Leased client ids. Those that were taken are remembered, so that none is taken twice.
class ReplicaClients {
 public:
  explicit ReplicaClients(Database& database) : database_(database) {}

  Result<void> put(WorkspaceKey workspace, std::span<const std::uint64_t> clients);
  Result<TakenClient> take(WorkspaceKey workspace);
  Result<std::uint64_t> left(WorkspaceKey workspace);
  /// As if all of the stock had been taken.
  Result<void> drop(WorkspaceKey workspace);
  Result<void> remove_all(WorkspaceKey workspace);

 private:
  Database& database_;
};

}  // namespace plait::store
