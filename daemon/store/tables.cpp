#include "daemon/store/tables.h"

namespace plait::store {

Result<Usage> Tables::usage(std::string_view workspace) {
  Usage usage;
  auto blob_bytes = blobs.sum(workspace);
  if (!blob_bytes) return forward_error(blob_bytes);
  usage.blobs = *blob_bytes;
  Cursor row = database.query(
      "SELECT (SELECT coalesce(sum(log_bytes + snapshot_bytes), 0) FROM documents "
      "WHERE workspace = ?1) + (SELECT coalesce(sum(length), 0) FROM recent "
      "JOIN documents ON documents.id = document WHERE workspace = ?1)",
      workspace);
  if (row.next()) usage.documents = row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return usage;
}

Result<Stats> Tables::stats() {
  Stats stats;
  stats.generation = generation;
  Cursor row = database.query(
      "SELECT (SELECT page_count FROM pragma_page_count) * page_size, "
      "(SELECT freelist_count FROM pragma_freelist_count) * page_size, "
      "(SELECT count(*) FROM workspaces), (SELECT count(*) FROM members WHERE NOT revoked), "
      "(SELECT count(*) FROM documents), "
      "(SELECT count(*) FROM log) + (SELECT count(*) FROM recent), "
      "(SELECT count(*) FROM messages WHERE NOT deleted), "
      "(SELECT count(*) FROM blobs WHERE received = size) FROM pragma_page_size");
  if (row.next()) {
    stats.file_bytes = row.count(0);
    stats.free_bytes = row.count(1);
    stats.workspaces = row.count(2);
    stats.members = row.count(3);
    stats.documents = row.count(4);
    stats.entries = row.count(5);
    stats.messages = row.count(6);
    stats.blobs = row.count(7);
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return stats;
}

}  // namespace plait::store
