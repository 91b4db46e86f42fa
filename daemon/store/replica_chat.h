#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/replica_records.h"
#include "daemon/store/replica_workspaces.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Chat messages that were seen, and those that the server does not have yet.
class ReplicaChat {
 public:
  explicit ReplicaChat(Database& database) : database_(database) {}

  Result<void> put(WorkspaceKey workspace, std::span<const CachedMessage> messages);
  Result<std::vector<CachedMessage>> before(WorkspaceKey workspace, std::uint64_t before,
                                            std::size_t limit);
  Result<void> drop(WorkspaceKey workspace);

  Result<void> put_outgoing(WorkspaceKey workspace, const OutgoingMessage& message);
  Result<void> remove_outgoing(WorkspaceKey workspace, std::string_view id);
  Result<std::vector<OutgoingMessage>> load_outgoing(WorkspaceKey workspace);

  Result<void> remove_all(WorkspaceKey workspace);

 private:
  Database& database_;
};

}  // namespace plait::store
