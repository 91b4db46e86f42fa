#include "daemon/store/replica_notes.h"

#include "daemon/store/limits.h"
#include "daemon/store/replica_records.h"

namespace plait::store {

Result<void> ReplicaNotes::put(WorkspaceKey workspace, std::string_view key,
                               std::string_view bytes) {
  if (auto ok = check_at_most("a note's key", key.size(), kMaxReplicaNameBytes); !ok) return ok;
  if (auto ok = check_at_most("a note", bytes.size(), kMaxNoteBytes); !ok) return ok;
  return database_.run(
      "INSERT INTO notes (workspace, name, bytes) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
      workspace, key, Blob(bytes));
}

Result<std::optional<std::string>> ReplicaNotes::find(WorkspaceKey workspace,
                                                      std::string_view key) {
  std::optional<std::string> bytes;
  Cursor row = database_.query("SELECT bytes FROM notes WHERE workspace = ? AND name = ?",
                               workspace, key);
  if (row.next()) bytes = row.text(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return bytes;
}

Result<void> ReplicaNotes::remove(WorkspaceKey workspace, std::string_view key) {
  return database_.run("DELETE FROM notes WHERE workspace = ? AND name = ?", workspace, key);
}

Result<void> ReplicaNotes::remove_all(WorkspaceKey workspace) {
  return database_.run("DELETE FROM notes WHERE workspace = ?", workspace);
}

}  // namespace plait::store
