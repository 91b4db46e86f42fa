#pragma once

#include <string_view>

#include "daemon/store/database.h"
#include "daemon/store/replica_chat.h"
#include "daemon/store/replica_clients.h"
#include "daemon/store/replica_documents.h"
#include "daemon/store/replica_files.h"
#include "daemon/store/replica_notes.h"
#include "daemon/store/replica_records.h"
#include "daemon/store/replica_workspaces.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// The tables of a client's database, each behind its class. What a request may use.
class ReplicaTables {
 public:
  explicit ReplicaTables(Database& where)
      : database(where),
        workspaces(where),
        clients(where),
        documents(where, workspaces),
        files(where),
        chat(where),
        notes(where) {}

  // What a GroupCore calls. Nothing is collected here, so there is nothing to flush.
  void begin_group(WallTime /*time*/) { documents.begin_group(); }
  Result<void> flush() { return {}; }
  void group_failed() { documents.group_failed(); }

  /// With everything of it.
  Result<void> remove_workspace(std::string_view workspace);
  Result<ReplicaStats> stats();

  Database& database;
  ReplicaWorkspaces workspaces;
  ReplicaClients clients;
  ReplicaDocuments documents;
  ReplicaFiles files;
  ReplicaChat chat;
  ReplicaNotes notes;
};

}  // namespace plait::store
