#include "daemon/store/blob_tables.h"

#include <algorithm>

#include "daemon/crypto/digest.h"
#include "daemon/store/documents.h"
#include "daemon/store/limits.h"

namespace plait::store {

Result<BlobTables::Row> BlobTables::find(const BlobKey& key) {
  Cursor row =
      database_.query("SELECT id, size, received FROM blobs WHERE workspace = ? AND hash = ?",
                      key.workspace, Blob(key.hash));
  if (row.next()) return Row{row.integer(0), {row.count(1), row.count(2)}};
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::NotFound, "there is no such blob");
}

Result<BlobTables::Row> BlobTables::find_or_begin(const BlobChunk& chunk) {
  auto found = find(chunk.key);
  if (found || found.error().code != ErrorCode::NotFound) return found;
  if (auto ok = check_at_most("a blob", chunk.size, quota_.blob); !ok) return forward_error(ok);
  auto all = sum(chunk.key.workspace);
  if (!all) return forward_error(all);
  auto own = sum(chunk.key.workspace, chunk.author);
  if (!own) return forward_error(own);
  const std::uint64_t workspace = chunk.documents + *all + chunk.size;
  if (auto ok = check_at_most("the workspace's bytes", workspace, quota_.workspace); !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("a member's blobs", *own + chunk.size, quota_.member); !ok) {
    return forward_error(ok);
  }
  auto begun = database_.run(
      "INSERT INTO blobs (workspace, hash, author, size, received, started) "
      "VALUES (?, ?, ?, ?, 0, ?)",
      chunk.key.workspace, Blob(chunk.key.hash), chunk.author, chunk.size, chunk.time);
  if (!begun) return forward_error(begun);
  return Row{database_.last_rowid(), {.size = chunk.size, .is_new = true}};
}

Result<BlobState> BlobTables::put(const BlobChunk& chunk) {
  if (auto ok =
          check_at_most("a workspace id", chunk.key.workspace.size(), kMaxWorkspaceIdBytes);
      !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("an author's name", chunk.author.size(), kMaxAuthorBytes); !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("a chunk", chunk.bytes.size(), kMaxBlobChunkBytes); !ok) {
    return forward_error(ok);
  }
  auto blob = find_or_begin(chunk);
  if (!blob) return forward_error(blob);
  BlobState state = blob->state;
  if (chunk.size != state.size) {
    return fail(ErrorCode::Malformed, "a blob's size differs from the one announced before");
  }
  if (chunk.offset != state.received || (state.complete() && state.size != 0)) return state;
  if (chunk.bytes.size() > state.size - state.received) {
    return fail(ErrorCode::OutOfRange, "more bytes than the blob's size");
  }
  if (!chunk.bytes.empty()) {
    auto done = database_.run("INSERT INTO blob_chunks (blob, offset, bytes) VALUES (?, ?, ?)",
                              blob->id, chunk.offset, Blob(chunk.bytes));
    if (!done) return forward_error(done);
    state.received += chunk.bytes.size();
    done =
        database_.run("UPDATE blobs SET received = ? WHERE id = ?", state.received, blob->id);
    if (!done) return forward_error(done);
  }
  if (!state.complete()) return state;
  auto hash = hash_of(blob->id);
  if (!hash) return forward_error(hash);
  if (*hash == chunk.key.hash) return state;
  if (auto removed = remove(blob->id); !removed) return forward_error(removed);
  return BlobState{state.size, 0, /*mismatch=*/true, state.is_new};
}

Result<BlobHash> BlobTables::hash_of(std::int64_t id) {
  crypto::Sha256 hasher;
  Cursor row =
      database_.query("SELECT bytes FROM blob_chunks WHERE blob = ? ORDER BY offset", id);
  while (row.next()) hasher.update(row.bytes(0));
  if (auto status = row.status(); !status) return forward_error(status);
  return hasher.finish();
}

Result<BlobState> BlobTables::state(const BlobKey& key) {
  auto blob = find(key);
  if (!blob) return forward_error(blob);
  return blob->state;
}

Result<std::string> BlobTables::read(const BlobKey& key, std::uint64_t offset,
                                     std::size_t length) {
  if (auto ok = check_at_most("a piece of a blob", length, kMaxBlobChunkBytes); !ok) {
    return forward_error(ok);
  }
  auto blob = find(key);
  if (!blob) return forward_error(blob);
  if (!blob->state.complete()) return fail(ErrorCode::NotFound, "the blob is not complete");
  if (offset > blob->state.size) return fail(ErrorCode::OutOfRange, "past the end of the blob");
  const std::uint64_t end = offset + std::min<std::uint64_t>(length, blob->state.size - offset);
  std::string piece;
  Cursor row = database_.query(
      "SELECT offset, bytes FROM blob_chunks WHERE blob = ?1 AND offset < ?3 AND offset >= "
      "(SELECT max(offset) FROM blob_chunks WHERE blob = ?1 AND offset <= ?2) ORDER BY offset",
      blob->id, offset, end);
  while (row.next()) {
    const std::uint64_t start = row.count(0);
    const std::string_view bytes = row.bytes(1);
    const std::uint64_t from = std::max(offset, start) - start;
    const std::uint64_t to = std::min<std::uint64_t>(end - start, bytes.size());
    if (from < to) piece.append(bytes.substr(from, to - from));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  if (piece.size() != end - offset)
    return fail(ErrorCode::Damaged, "a piece of a blob is missing");
  return piece;
}

Result<void> BlobTables::remove(const BlobKey& key) {
  auto blob = find(key);
  if (!blob) return forward_error(blob);
  return remove(blob->id);
}

Result<void> BlobTables::remove(std::int64_t id) {
  auto done = database_.run("DELETE FROM blob_chunks WHERE blob = ?", id);
  if (!done) return done;
  return database_.run("DELETE FROM blobs WHERE id = ?", id);
}

Result<std::uint64_t> BlobTables::drop_unfinished(WallTime before) {
  auto done = database_.run(
      "DELETE FROM blob_chunks WHERE blob IN "
      "(SELECT id FROM blobs WHERE received < size AND started < ?)",
      before);
  if (done) {
    done = database_.run("DELETE FROM blobs WHERE received < size AND started < ?", before);
  }
  if (!done) return forward_error(done);
  return static_cast<std::uint64_t>(database_.changes());
}

Result<std::uint64_t> BlobTables::sum(std::string_view workspace) {
  Cursor row = database_.query("SELECT coalesce(sum(size), 0) FROM blobs WHERE workspace = ?",
                               workspace);
  if (row.next()) return row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return std::uint64_t{0};
}

Result<std::uint64_t> BlobTables::sum(std::string_view workspace, std::string_view author) {
  Cursor row = database_.query(
      "SELECT coalesce(sum(size), 0) FROM blobs WHERE workspace = ? AND author = ?", workspace,
      author);
  if (row.next()) return row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return std::uint64_t{0};
}

Result<bool> BlobTables::is_whole(std::int64_t id) {
  BlobHash expected{};
  {
    Cursor row = database_.query("SELECT hash, received < size FROM blobs WHERE id = ?", id);
    if (!row.next()) {
      if (auto status = row.status(); !status) return forward_error(status);
      return fail(ErrorCode::NotFound, "there is no such blob");
    }
    if (row.flag(1)) return true;
    expected = row.array<32>(0);
  }
  auto actual = hash_of(id);
  if (!actual) return forward_error(actual);
  return *actual == expected;
}

}  // namespace plait::store
