#include "daemon/store/replica_chat.h"

#include "daemon/store/limits.h"

namespace plait::store {

Result<void> ReplicaChat::put(WorkspaceKey workspace, std::span<const CachedMessage> messages) {
  if (auto ok = check_at_most("messages", messages.size(), kMaxReplicaBatch); !ok) return ok;
  for (const CachedMessage& message : messages) {
    auto ok = check_at_most("a message", message.bytes.size(), kMaxCachedMessageBytes);
    if (!ok) return ok;
    auto done = database_.run(
        "INSERT OR REPLACE INTO messages (workspace, sequence, bytes) VALUES (?, ?, ?)",
        workspace, message.sequence, Blob(message.bytes));
    if (!done) return done;
  }
  return database_.run(
      "DELETE FROM messages WHERE workspace = ?1 AND sequence <= "
      "(SELECT sequence FROM messages WHERE workspace = ?1 ORDER BY sequence DESC "
      "LIMIT 1 OFFSET ?2)",
      workspace, std::uint64_t{kMaxCachedMessages});
}

Result<std::vector<CachedMessage>> ReplicaChat::before(WorkspaceKey workspace,
                                                       std::uint64_t before,
                                                       std::size_t limit) {
  if (auto ok = check_at_most("a page", limit, kMaxCachedPage); !ok) return forward_error(ok);
  std::vector<CachedMessage> messages;
  Cursor row = database_.query(
      "SELECT sequence, bytes FROM messages WHERE workspace = ? AND sequence < ? "
      "ORDER BY sequence DESC LIMIT ?",
      workspace, before, std::uint64_t{limit});
  while (row.next()) messages.push_back({row.count(0), row.text(1)});
  if (auto status = row.status(); !status) return forward_error(status);
  return messages;
}

Result<void> ReplicaChat::drop(WorkspaceKey workspace) {
  return database_.run("DELETE FROM messages WHERE workspace = ?", workspace);
}

// --- The outbox --------------------------------------------------------------------------

Result<void> ReplicaChat::put_outgoing(WorkspaceKey workspace, const OutgoingMessage& message) {
  if (auto ok = check_at_most("a message's id", message.id.size(), kMaxReplicaNameBytes); !ok) {
    return ok;
  }
  if (auto ok = check_at_most("a message", message.bytes.size(), kMaxCachedMessageBytes); !ok) {
    return ok;
  }
  auto done = database_.run(
      "INSERT INTO outgoing (workspace, id, bytes) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET bytes = excluded.bytes",
      workspace, message.id, Blob(message.bytes));
  if (!done) return done;
  Cursor row = database_.query("SELECT count(*) FROM outgoing WHERE workspace = ?", workspace);
  if (row.next()) return check_at_most("an outbox", row.count(0), kMaxOutgoing);
  return row.status();
}

Result<void> ReplicaChat::remove_outgoing(WorkspaceKey workspace, std::string_view id) {
  return database_.run("DELETE FROM outgoing WHERE workspace = ? AND id = ?", workspace, id);
}

Result<std::vector<OutgoingMessage>> ReplicaChat::load_outgoing(WorkspaceKey workspace) {
  std::vector<OutgoingMessage> messages;
  Cursor row = database_.query(
      "SELECT id, bytes FROM outgoing WHERE workspace = ? ORDER BY number", workspace);
  while (row.next()) messages.push_back({row.text(0), row.text(1)});
  if (auto status = row.status(); !status) return forward_error(status);
  return messages;
}

Result<void> ReplicaChat::remove_all(WorkspaceKey workspace) {
  auto done = drop(workspace);
  if (done) done = database_.run("DELETE FROM outgoing WHERE workspace = ?", workspace);
  return done;
}

}  // namespace plait::store
