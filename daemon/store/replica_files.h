#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/replica_records.h"
#include "daemon/store/replica_workspaces.h"
#include "protocol/base/result.h"

namespace plait::store {

/// What the folder held, and the texts that are still on disk while their documents are ahead.
class ReplicaFiles {
 public:
  explicit ReplicaFiles(Database& database) : database_(database) {}

  Result<std::vector<ReplicaFile>> load(WorkspaceKey workspace);
  Result<void> put(WorkspaceKey workspace, std::span<const ReplicaFile> changed,
                   std::span<const std::string> removed);

  Result<void> put_base(WorkspaceKey workspace, std::string_view file, std::string_view text);
  Result<std::optional<std::string>> base(WorkspaceKey workspace, std::string_view file);
  Result<std::vector<std::string>> bases(WorkspaceKey workspace);
  Result<void> remove_base(WorkspaceKey workspace, std::string_view file);

  Result<void> remove_all(WorkspaceKey workspace);

 private:
  Result<void> put(WorkspaceKey workspace, const ReplicaFile& file);

  Database& database_;
};

}  // namespace plait::store
