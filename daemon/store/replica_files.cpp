#include "daemon/store/replica_files.h"

#include <cstdint>

#include "daemon/store/limits.h"

namespace plait::store {

Result<std::vector<ReplicaFile>> ReplicaFiles::load(WorkspaceKey workspace) {
  std::vector<ReplicaFile> files;
  Cursor row = database_.query(
      "SELECT id, path, sha256, size, mtime_ns, ctime_ns, inode, executable, kind FROM files "
      "WHERE workspace = ? ORDER BY id",
      workspace);
  while (row.next()) {
    files.push_back({.id = row.text(0),
                     .path = row.text(1),
                     .sha256 = row.array<32>(2),
                     .size = row.count(3),
                     .mtime_ns = row.integer(4),
                     .ctime_ns = row.integer(5),
                     .inode = row.count(6),
                     .executable = row.flag(7),
                     .kind = static_cast<ReplicaFile::Kind>(row.integer(8))});
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return files;
}

Result<void> ReplicaFiles::put(WorkspaceKey workspace, std::span<const ReplicaFile> changed,
                               std::span<const std::string> removed) {
  if (auto ok = check_at_most("files", changed.size() + removed.size(), kMaxReplicaBatch);
      !ok) {
    return ok;
  }
  for (const std::string& id : removed) {
    auto done =
        database_.run("DELETE FROM files WHERE workspace = ? AND id = ?", workspace, id);
    if (!done) return done;
  }
  for (const ReplicaFile& file : changed) {
    if (auto done = put(workspace, file); !done) return done;
  }
  return {};
}

Result<void> ReplicaFiles::put(WorkspaceKey workspace, const ReplicaFile& file) {
  if (auto ok = check_at_most("a file's id", file.id.size(), kMaxReplicaNameBytes); !ok) {
    return ok;
  }
  if (auto ok = check_at_most("a path", file.path.size(), kMaxReplicaPathBytes); !ok) return ok;
  // An inode may be any 64 bits; they come back as they were.
  return database_.run(
      "INSERT OR REPLACE INTO files (workspace, id, path, sha256, size, mtime_ns, ctime_ns, "
      "inode, executable, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      workspace, file.id, file.path, Blob(file.sha256), file.size, file.mtime_ns, file.ctime_ns,
      static_cast<std::int64_t>(file.inode), file.executable, static_cast<int>(file.kind));
}

// --- Base texts --------------------------------------------------------------------------

Result<void> ReplicaFiles::put_base(WorkspaceKey workspace, std::string_view file,
                                    std::string_view text) {
  if (auto ok = check_at_most("a file's id", file.size(), kMaxReplicaNameBytes); !ok) return ok;
  if (auto ok = check_at_most("a base text", text.size(), kMaxBaseBytes); !ok) return ok;
  return database_.run(
      "INSERT INTO bases (workspace, file, text) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET text = excluded.text",
      workspace, file, Blob(text));
}

Result<std::optional<std::string>> ReplicaFiles::base(WorkspaceKey workspace,
                                                      std::string_view file) {
  std::optional<std::string> text;
  Cursor row = database_.query("SELECT text FROM bases WHERE workspace = ? AND file = ?",
                               workspace, file);
  if (row.next()) text = row.text(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return text;
}

Result<std::vector<std::string>> ReplicaFiles::bases(WorkspaceKey workspace) {
  std::vector<std::string> files;
  Cursor row =
      database_.query("SELECT file FROM bases WHERE workspace = ? ORDER BY file", workspace);
  while (row.next()) files.push_back(row.text(0));
  if (auto status = row.status(); !status) return forward_error(status);
  return files;
}

Result<void> ReplicaFiles::remove_base(WorkspaceKey workspace, std::string_view file) {
  return database_.run("DELETE FROM bases WHERE workspace = ? AND file = ?", workspace, file);
}

Result<void> ReplicaFiles::remove_all(WorkspaceKey workspace) {
  auto done = database_.run("DELETE FROM files WHERE workspace = ?", workspace);
  if (done) done = database_.run("DELETE FROM bases WHERE workspace = ?", workspace);
  return done;
}

}  // namespace plait::store
