#include "daemon/store/replica_documents.h"

#include <utility>

#include "daemon/crypto/digest.h"
#include "daemon/store/limits.h"

namespace plait::store {

namespace {

/// They are only there to be quick; a folder that is joined has 20,000 files and more.
constexpr std::size_t kMaxTails = 4096;

Failure damaged(std::string what) { return fail(ErrorCode::Damaged, std::move(what)); }

}  // namespace

void ReplicaDocuments::begin_group() {
  touched_.clear();
  found_again_.clear();
}

void ReplicaDocuments::group_failed() {
  lost_.merge(touched_);
  lost_.insert(found_again_.begin(), found_again_.end());
  tails_.clear();
}

void ReplicaDocuments::find_again(const DocumentName& name) {
  if (lost_.erase(name) != 0) found_again_.push_back(name);
}

// --- Names -------------------------------------------------------------------------------

Result<ReplicaDocuments::Key> ReplicaDocuments::key_of(const DocumentName& name) {
  auto workspace = workspaces_.key_of(name.workspace);
  if (!workspace) return forward_error(workspace);
  Cursor row = database_.query("SELECT key FROM documents WHERE workspace = ? AND id = ?",
                               *workspace, name.document);
  if (row.next()) return row.integer(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return Key{0};
}

Result<ReplicaDocuments::Key> ReplicaDocuments::key_or_new(const DocumentName& name) {
  if (auto ok = check_at_most("a document's id", name.document.size(), kMaxReplicaNameBytes);
      !ok) {
    return forward_error(ok);
  }
  auto key = key_of(name);
  if (!key || *key != 0) return key;
  auto made = database_.run(
      "INSERT INTO documents (workspace, id) SELECT key, ? FROM workspaces WHERE id = ?",
      name.document, name.workspace);
  if (!made) return forward_error(made);
  return database_.last_rowid();
}

// --- Opening -----------------------------------------------------------------------------

Result<ReplicaDocument> ReplicaDocuments::open(const DocumentName& name) {
  auto key = key_of(name);
  if (!key) return forward_error(key);
  auto loaded = *key == 0 ? Result<ReplicaDocument>(ReplicaDocument{}) : load(*key);
  if (loaded) find_again(name);
  return loaded;
}

Result<ReplicaDocument> ReplicaDocuments::load(Key key) {
  ReplicaDocument document;
  {
    Cursor row = database_.query(
        "SELECT synced_version, hash, state FROM documents "
        "LEFT JOIN snapshots ON snapshots.document = key WHERE key = ?",
        key);
    if (row.next()) {
      document.synced_version = row.count(0);
      document.snapshot = row.text(2);
      if (!row.is_null(1) && crypto::sha256(document.snapshot) != row.array<32>(1)) {
        return damaged("the snapshot does not have its hash");
      }
    }
    if (auto status = row.status(); !status) return forward_error(status);
  }
  Cursor row =
      database_.query("SELECT hash, updates FROM log WHERE document = ? ORDER BY number", key);
  while (row.next()) {
    const std::string& updates = document.tail.emplace_back(row.text(1));
    document.tail_bytes += updates.size();
    if (crypto::sha256(updates) != row.array<32>(0)) {
      return damaged("an update does not have its hash");
    }
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return document;
}

// --- Appending ---------------------------------------------------------------------------

Result<std::size_t> ReplicaDocuments::append(const DocumentName& name,
                                             std::string_view updates) {
  if (lost_.contains(name)) {
    return fail(ErrorCode::Refused, "an earlier update of this document was not stored");
  }
  touched_.insert(name);
  auto written = write(name, updates);
  if (!written) lost_.insert(name);
  return written;
}

Result<std::size_t> ReplicaDocuments::write(const DocumentName& name,
                                            std::string_view updates) {
  if (auto ok = check_at_most("updates", updates.size(), kMaxReplicaAppendBytes); !ok) {
    return forward_error(ok);
  }
  if (updates.empty()) return fail(ErrorCode::Malformed, "an append without updates");
  auto key = key_or_new(name);
  if (!key) return forward_error(key);
  auto bytes = tail_bytes(*key);
  if (!bytes) return bytes;
  auto done = database_.run("INSERT INTO log (document, hash, updates) VALUES (?, ?, ?)", *key,
                            Blob(crypto::sha256(updates)), Blob(updates));
  if (!done) return forward_error(done);
  if (tails_.size() >= kMaxTails) tails_.clear();
  return tails_[*key] = *bytes + updates.size();
}

Failure ReplicaDocuments::refuse_append(const DocumentName& name) {
  lost_.insert(name);
  return fail(ErrorCode::LimitExceeded, "too much waits for the disk");
}

Result<std::size_t> ReplicaDocuments::tail_bytes(Key key) {
  if (const auto known = tails_.find(key); known != tails_.end()) return known->second;
  Cursor row = database_.query(
      "SELECT coalesce(sum(length(updates)), 0) FROM log WHERE document = ?", key);
  if (row.next()) return std::size_t{row.count(0)};
  if (auto status = row.status(); !status) return forward_error(status);
  return std::size_t{0};
}

// --- Snapshots ---------------------------------------------------------------------------

Result<void> ReplicaDocuments::put_snapshot(const DocumentName& name, std::string_view state) {
  if (auto ok = check_at_most("a snapshot", state.size(), kMaxReplicaSnapshotBytes); !ok) {
    return ok;
  }
  auto key = key_or_new(name);
  if (!key) return forward_error(key);
  auto done = remove_content(*key);
  if (!done) return done;
  done = database_.run("INSERT INTO snapshots (document, hash, state) VALUES (?, ?, ?)", *key,
                       Blob(crypto::sha256(state)), Blob(state));
  if (done) find_again(name);
  return done;
}

Result<void> ReplicaDocuments::remove(const DocumentName& name) {
  auto key = key_of(name);
  if (!key) return forward_error(key);
  if (auto done = remove_content(*key); !done) return done;
  return database_.run("DELETE FROM documents WHERE key = ?", *key);
}

Result<void> ReplicaDocuments::remove_content(Key key) {
  tails_.erase(key);
  auto done = database_.run("DELETE FROM log WHERE document = ?", key);
  if (done) done = database_.run("DELETE FROM snapshots WHERE document = ?", key);
  return done;
}

// --- All of a workspace ------------------------------------------------------------------

Result<void> ReplicaDocuments::set_synced(WorkspaceKey workspace,
                                          std::span<const SyncedVersion> versions) {
  if (auto ok = check_at_most("documents", versions.size(), kMaxReplicaBatch); !ok) return ok;
  for (const SyncedVersion& synced : versions) {
    auto ok = check_at_most("a document's id", synced.document.size(), kMaxReplicaNameBytes);
    if (!ok) return ok;
    auto done = database_.run(
        "INSERT INTO documents (workspace, id, synced_version) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET synced_version = excluded.synced_version",
        workspace, synced.document, synced.version);
    if (!done) return done;
  }
  return {};
}

Result<std::vector<SyncedVersion>> ReplicaDocuments::synced_versions(WorkspaceKey workspace) {
  std::vector<SyncedVersion> versions;
  Cursor row = database_.query(
      "SELECT id, synced_version FROM documents WHERE workspace = ? ORDER BY id", workspace);
  while (row.next()) versions.push_back({row.text(0), row.count(1)});
  if (auto status = row.status(); !status) return forward_error(status);
  return versions;
}

Result<void> ReplicaDocuments::remove_all(WorkspaceKey workspace) {
  tails_.clear();
  auto done = database_.run(
      "DELETE FROM log WHERE document IN (SELECT key FROM documents WHERE workspace = ?)",
      workspace);
  if (done) {
    done = database_.run(
        "DELETE FROM snapshots WHERE document IN "
        "(SELECT key FROM documents WHERE workspace = ?)",
        workspace);
  }
  if (done) done = database_.run("DELETE FROM documents WHERE workspace = ?", workspace);
  return done;
}

}  // namespace plait::store
