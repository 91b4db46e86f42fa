#include "daemon/store/replica_tables.h"

namespace plait::store {

Result<void> ReplicaTables::remove_workspace(std::string_view workspace) {
  auto key = workspaces.key_of(workspace);
  if (!key && key.error().code == ErrorCode::NotFound) return {};
  if (!key) return forward_error(key);
  auto done = clients.remove_all(*key);
  if (done) done = documents.remove_all(*key);
  if (done) done = files.remove_all(*key);
  if (done) done = chat.remove_all(*key);
  if (done) done = notes.remove_all(*key);
  if (done) done = workspaces.remove(*key);
  return done;
}

Result<ReplicaStats> ReplicaTables::stats() {
  ReplicaStats stats;
  Cursor row = database.query(
      "SELECT (SELECT page_count FROM pragma_page_count) * page_size, "
      "(SELECT freelist_count FROM pragma_freelist_count) * page_size, "
      "(SELECT count(*) FROM workspaces), (SELECT count(*) FROM documents), "
      "(SELECT coalesce(sum(length(state)), 0) FROM snapshots), "
      "(SELECT coalesce(sum(length(updates)), 0) FROM log), "
      "(SELECT count(*) FROM files), (SELECT count(*) FROM bases), "
      "(SELECT count(*) FROM messages), (SELECT count(*) FROM outgoing) "
      "FROM pragma_page_size");
  if (row.next()) {
    stats.file_bytes = row.count(0);
    stats.free_bytes = row.count(1);
    stats.workspaces = row.count(2);
    stats.documents = row.count(3);
    stats.snapshot_bytes = row.count(4);
    stats.tail_bytes = row.count(5);
    stats.files = row.count(6);
    stats.bases = row.count(7);
    stats.messages = row.count(8);
    stats.outgoing = row.count(9);
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return stats;
}

}  // namespace plait::store
