#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/store/database.h"
#include "daemon/store/replica_workspaces.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Whatever else a core wants to remember, by a key.
class ReplicaNotes {
 public:
  explicit ReplicaNotes(Database& database) : database_(database) {}

  Result<void> put(WorkspaceKey workspace, std::string_view key, std::string_view bytes);
  Result<std::optional<std::string>> find(WorkspaceKey workspace, std::string_view key);
  Result<void> remove(WorkspaceKey workspace, std::string_view key);
  Result<void> remove_all(WorkspaceKey workspace);

 private:
  Database& database_;
};

}  // namespace plait::store
