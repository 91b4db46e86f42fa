#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/replica_records.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A workspace in this database, until it is removed.
using WorkspaceKey = std::int64_t;

/// A client's settings and shared folders. Means what ReplicaStore says, as do all the classes
/// of ReplicaTables.
class ReplicaWorkspaces {
 public:
  explicit ReplicaWorkspaces(Database& database) : database_(database) {}

  Result<std::map<std::string, std::string>> load_settings();
  Result<void> put_setting(std::string_view name, std::string_view value);

  Result<std::vector<ReplicaWorkspace>> load();
  Result<void> put(const ReplicaWorkspace& workspace);
  /// The row; whatever refers to it goes before.
  Result<void> remove(WorkspaceKey key);
  /// NotFound if there is none.
  Result<WorkspaceKey> key_of(std::string_view workspace);

  Result<void> put_read_marker(WorkspaceKey workspace, std::uint64_t sequence);
  Result<std::uint64_t> read_marker(WorkspaceKey workspace);

 private:
  Database& database_;
};

}  // namespace plait::store
