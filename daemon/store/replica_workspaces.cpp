#include "daemon/store/replica_workspaces.h"

#include "daemon/store/limits.h"

namespace plait::store {

namespace {

Result<void> check_lengths(const ReplicaWorkspace& workspace) {
  for (const auto* name :
       {&workspace.id, &workspace.name, &workspace.host, &workspace.role, &workspace.user}) {
    auto ok = check_at_most("a workspace's record", name->size(), kMaxReplicaNameBytes);
    if (!ok) return ok;
  }
  if (workspace.id.empty()) return fail(ErrorCode::Malformed, "a workspace without an id");
  if (workspace.invite) {
    auto ok = check_at_most("an invite", workspace.invite->size(), kMaxReplicaPathBytes);
    if (!ok) return ok;
  }
  return check_at_most("a folder's path", workspace.folder.size(), kMaxReplicaPathBytes);
}

}  // namespace

// --- Settings ----------------------------------------------------------------------------

Result<std::map<std::string, std::string>> ReplicaWorkspaces::load_settings() {
  std::map<std::string, std::string> settings;
  Cursor row = database_.query("SELECT name, value FROM settings");
  while (row.next()) settings.emplace(row.text(0), row.text(1));
  if (auto status = row.status(); !status) return forward_error(status);
  return settings;
}

Result<void> ReplicaWorkspaces::put_setting(std::string_view name, std::string_view value) {
  if (auto ok = check_at_most("a setting's name", name.size(), kMaxReplicaNameBytes); !ok) {
    return ok;
  }
  if (auto ok = check_at_most("a setting", value.size(), kMaxReplicaSettingBytes); !ok) {
    return ok;
  }
  return database_.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name,
                       value);
}

// --- Workspaces --------------------------------------------------------------------------

Result<std::vector<ReplicaWorkspace>> ReplicaWorkspaces::load() {
  std::vector<ReplicaWorkspace> workspaces;
  Cursor row = database_.query(
      "SELECT id, name, folder, host, port, fingerprint, embedded, role, user, generation, "
      "feed_sequence, synced, invite, state FROM workspaces ORDER BY id");
  while (row.next()) {
    ReplicaWorkspace& workspace = workspaces.emplace_back();
    workspace.id = row.text(0);
    workspace.name = row.text(1);
    workspace.folder = row.text(2);
    workspace.host = row.text(3);
    workspace.port = static_cast<std::uint16_t>(row.integer(4));
    if (!row.is_null(5)) workspace.fingerprint = row.array<32>(5);
    workspace.embedded = row.flag(6);
    workspace.role = row.text(7);
    workspace.user = row.text(8);
    workspace.generation = row.count(9);
    workspace.feed_sequence = row.count(10);
    if (!row.is_null(11)) workspace.synced = row.time(11);
    if (!row.is_null(12)) workspace.invite = row.text(12);
    workspace.state = static_cast<ReplicaWorkspace::State>(row.integer(13));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return workspaces;
}

Result<void> ReplicaWorkspaces::put(const ReplicaWorkspace& workspace) {
  if (auto ok = check_lengths(workspace); !ok) return ok;
  std::optional<Blob> fingerprint;
  if (workspace.fingerprint) fingerprint.emplace(*workspace.fingerprint);
  auto done = database_.run(
      "INSERT INTO workspaces (id, name, folder, host, port, fingerprint, embedded, role, "
      "user, generation, feed_sequence, synced, invite, state) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name, folder = excluded.folder, "
      "host = excluded.host, port = excluded.port, fingerprint = excluded.fingerprint, "
      "embedded = excluded.embedded, role = excluded.role, user = excluded.user, "
      "generation = excluded.generation, feed_sequence = excluded.feed_sequence, "
      "synced = excluded.synced, invite = excluded.invite, state = excluded.state",
      workspace.id, workspace.name, workspace.folder, workspace.host, int{workspace.port},
      fingerprint, workspace.embedded, workspace.role, workspace.user, workspace.generation,
      workspace.feed_sequence, workspace.synced, workspace.invite,
      static_cast<int>(workspace.state));
  if (!done) return done;
  Cursor row = database_.query("SELECT count(*) FROM workspaces");
  if (row.next()) return check_at_most("workspaces", row.count(0), kMaxReplicaWorkspaces);
  return row.status();
}

Result<void> ReplicaWorkspaces::remove(WorkspaceKey key) {
  return database_.run("DELETE FROM workspaces WHERE key = ?", key);
}

Result<WorkspaceKey> ReplicaWorkspaces::key_of(std::string_view workspace) {
  Cursor row = database_.query("SELECT key FROM workspaces WHERE id = ?", workspace);
  if (row.next()) return row.integer(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::NotFound, "there is no such workspace");
}

Result<void> ReplicaWorkspaces::put_read_marker(WorkspaceKey workspace,
                                                std::uint64_t sequence) {
  return database_.run("UPDATE workspaces SET read_marker = ? WHERE key = ?", sequence,
                       workspace);
}

Result<std::uint64_t> ReplicaWorkspaces::read_marker(WorkspaceKey workspace) {
  Cursor row = database_.query("SELECT read_marker FROM workspaces WHERE key = ?", workspace);
  if (row.next()) return row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return std::uint64_t{0};
}

}  // namespace plait::store
