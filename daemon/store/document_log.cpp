#include "daemon/store/document_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/store/hash_chain.h"
#include "daemon/store/limits.h"

namespace plait::store {

namespace {

std::uint64_t id_of(DocumentKey key) { return static_cast<std::uint64_t>(key); }

Failure damaged(std::string what) { return fail(ErrorCode::Damaged, std::move(what)); }

}  // namespace

void DocumentLog::begin_group(std::uint64_t generation, WallTime now) {
  generation_ = generation;
  now_ = now;
  touched_.clear();
  found_again_.clear();
  // Their rows say the same.
  if (recent_ && recent_->rows == 0) growing_.clear();
}

void DocumentLog::group_failed() {
  lost_.insert(touched_.begin(), touched_.end());
  lost_.insert(found_again_.begin(), found_again_.end());
  growing_.clear();
  open_entries_.clear();
  entries_.clear();
  entry_bytes_ = 0;
  recent_.reset();
}

// --- Appending ---------------------------------------------------------------------------

Result<Appended> DocumentLog::append(DocumentKey key, const Author& author,
                                     std::string_view updates) {
  if (lost_.contains(key)) {
    return fail(ErrorCode::Refused, "an earlier update of this document was not stored");
  }
  if (auto ok = check_at_most("updates", updates.size(), kMaxAppendBytes); !ok) {
    return lose(key, ok.error().code, ok.error().message);
  }
  if (auto ok = check_at_most("an author's name", author.name.size(), kMaxAuthorBytes); !ok) {
    return lose(key, ok.error().code, ok.error().message);
  }
  if (updates.empty()) return lose(key, ErrorCode::Malformed, "an append without updates");
  touched_.insert(key);
  const auto found = growing(key);
  if (!found) return lose(key, found.error().code, found.error().message);
  Growing& growing = **found;
  const bool joins =
      growing.author == author && growing.entry.size() + updates.size() <= kMaxEntryBytes;
  if (!joins && !growing.entry.empty()) end_entry(key, growing);
  if (growing.entry.empty()) {
    open_entries_.emplace_back(key, &growing);
    growing.author = author;
  }
  growing.entry.append(updates);
  return Appended{growing.head.sequence + 1};
}

Result<DocumentLog::Growing*> DocumentLog::growing(DocumentKey key) {
  auto found = growing_.find(key);
  if (found == growing_.end()) {
    auto head = read_head(key);
    if (!head) return forward_error(head);
    found = growing_.emplace(key, Growing{*head, {}, {}}).first;
  }
  return &found->second;
}

Failure DocumentLog::refuse_append(DocumentKey key) {
  return lose(key, ErrorCode::LimitExceeded, "too much waits for the disk");
}

Failure DocumentLog::lose(DocumentKey key, ErrorCode code, std::string why) {
  lost_.insert(key);
  return fail(code, std::move(why));
}

void DocumentLog::end_entry(DocumentKey key, Growing& growing) {
  Head& head = growing.head;
  head.sequence += 1;
  head.hash = next_in_chain(
      hasher_, head.hash,
      {id_of(key), head.sequence, generation_, now_.ms, growing.author.name}, growing.entry);
  entry_bytes_ += growing.entry.size();
  entries_.push_back({key, head, growing.author, std::exchange(growing.entry, {})});
}

void DocumentLog::end_entries() {
  for (const auto& [key, growing] : open_entries_) {
    if (!growing->entry.empty()) end_entry(key, *growing);
  }
  open_entries_.clear();
}

Result<void> DocumentLog::flush() {
  end_entries();
  if (entries_.empty()) return {};
  const bool fits = recent_ && recent_->rows + entries_.size() <= kMaxRecentRows &&
                    recent_->bytes + entry_bytes_ <= kMaxRecentBytes;
  auto done = fits ? write_to_recent() : file_recent();
  if (done && !fits) done = write_to_log();
  entries_.clear();
  entry_bytes_ = 0;
  return done;
}

Result<void> DocumentLog::write_to_recent() {
  for (const Entry& entry : entries_) {
    auto done = database_.run(
        "INSERT INTO recent (document, sequence, generation, time, author, length, hash, "
        "updates) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        id_of(entry.document), entry.head.sequence, generation_, now_, entry.author.name,
        std::uint64_t{entry.updates.size()}, Blob(entry.head.hash), Blob(entry.updates));
    if (!done) return done;
  }
  recent_->rows += entries_.size();
  recent_->bytes += entry_bytes_;
  return {};
}

Result<void> DocumentLog::file_recent() {
  if (recent_ && recent_->rows == 0) return {};
  auto done = database_.run(
      "INSERT INTO authors (name) SELECT DISTINCT author FROM recent WHERE true "
      "ON CONFLICT DO NOTHING");
  // A row that was damaged and has another's place now must not keep all others from theirs: it
  // is missed when its document is opened.
  if (done) {
    done = database_.run(
        "INSERT INTO log (document, sequence, generation, time, author, length, hash, updates) "
        "SELECT document, sequence, generation, time, authors.id, length, hash, updates "
        "FROM recent JOIN authors ON name = recent.author ORDER BY document, sequence "
        "ON CONFLICT DO NOTHING");
  }
  if (done) {
    done = database_.run(
        "UPDATE documents SET last_sequence = added.sequence, head = added.hash, "
        "log_bytes = log_bytes + added.bytes FROM (SELECT document, max(sequence) AS sequence, "
        "hash, sum(length) AS bytes FROM recent GROUP BY document) AS added "
        "WHERE added.document = id");
  }
  if (done) done = database_.run("DELETE FROM recent");
  if (done) recent_ = Extent{};
  return done;
}

Result<void> DocumentLog::write_to_log() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.document < b.document; });
  std::uint64_t added = 0;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    auto author = author_id(entry->author);
    if (!author) return forward_error(author);
    auto done = database_.run(
        "INSERT INTO log (document, sequence, generation, time, author, length, hash, updates) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        id_of(entry->document), entry->head.sequence, generation_, now_, *author,
        std::uint64_t{entry->updates.size()}, Blob(entry->head.hash), Blob(entry->updates));
    if (!done) return done;
    added += entry->updates.size();
    const auto next = std::next(entry);
    if (next != entries_.end() && next->document == entry->document) continue;
    done = database_.run(
        "UPDATE documents SET last_sequence = ?, head = ?, log_bytes = log_bytes + ? "
        "WHERE id = ?",
        entry->head.sequence, Blob(entry->head.hash), std::exchange(added, 0),
        id_of(entry->document));
    if (!done) return done;
  }
  return {};
}

Result<std::int64_t> DocumentLog::author_id(const Author& author) {
  {
    Cursor row = database_.query("SELECT id FROM authors WHERE name = ?", author.name);
    if (row.next()) return row.integer(0);
    if (auto status = row.status(); !status) return forward_error(status);
  }
  auto added = database_.run("INSERT INTO authors (name) VALUES (?)", author.name);
  if (!added) return forward_error(added);
  return database_.last_rowid();
}

Result<DocumentLog::Head> DocumentLog::read_head(DocumentKey key) {
  if (const auto found = growing_.find(key); found != growing_.end()) return found->second.head;
  if (!recent_) {
    Cursor row = database_.query(
        "SELECT sequence, hash FROM recent WHERE document = ? ORDER BY sequence DESC LIMIT 1",
        id_of(key));
    if (row.next()) return Head{row.count(0), row.array<32>(1)};
    if (auto status = row.status(); !status) return forward_error(status);
  }
  Cursor row =
      database_.query("SELECT last_sequence, head FROM documents WHERE id = ?", id_of(key));
  if (row.next()) return Head{row.count(0), row.array<32>(1)};
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::NotFound, "there is no such document");
}

// --- Opening -----------------------------------------------------------------------------

Result<LoadedDocument> DocumentLog::open(std::string_view workspace, std::string_view name) {
  if (auto ok = check_at_most("a workspace id", workspace.size(), kMaxWorkspaceIdBytes); !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("a document's name", name.size(), kMaxDocumentNameBytes); !ok) {
    return forward_error(ok);
  }
  const auto id = key_of(workspace, name);
  if (!id) return fail(id.error().code, id.error().message);
  auto loaded = load(DocumentKey{*id});
  if (loaded && lost_.erase(loaded->key) != 0) found_again_.push_back(loaded->key);
  return loaded;
}

Result<std::uint64_t> DocumentLog::key_of(std::string_view workspace, std::string_view name) {
  {
    Cursor row = database_.query("SELECT id FROM documents WHERE workspace = ? AND name = ?",
                                 workspace, name);
    if (row.next()) return row.count(0);
    if (auto status = row.status(); !status) return forward_error(status);
  }
  auto made = database_.run("INSERT INTO documents (workspace, name, head) VALUES (?, ?, ?)",
                            workspace, name, Blob(kChainStart));
  if (!made) return forward_error(made);
  return static_cast<std::uint64_t>(database_.last_rowid());
}

Result<LoadedDocument> DocumentLog::load(DocumentKey key) {
  auto head = read_head(key);
  if (!head) return forward_error(head);
  LoadedDocument document;
  document.key = key;
  document.generation = generation_;
  document.last_sequence = head->sequence;

  Head reached;
  {
    Cursor row = database_.query(
        "SELECT up_to, head, hash, state FROM snapshots WHERE document = ?", id_of(key));
    if (row.next()) {
      reached = {row.count(0), row.array<32>(1)};
      if (crypto::sha256(row.bytes(3)) != row.array<32>(2)) {
        return damaged("the snapshot up to entry " + std::to_string(reached.sequence) +
                       " does not have its hash");
      }
      document.snapshot = row.text(3);
    }
    if (auto status = row.status(); !status) return forward_error(status);
  }
  {
    Cursor row = database_.query(
        "SELECT sequence, generation, time, name, length, hash, updates "
        "FROM log LEFT JOIN authors ON authors.id = log.author WHERE document = ?1 "
        "UNION ALL SELECT sequence, generation, time, author, length, hash, updates "
        "FROM recent WHERE ?2 AND document = ?1 ORDER BY sequence",
        id_of(key), may_be_in_recent(key));
    while (row.next()) {
      const std::string name = row.text(3);
      const EntryHead entry{id_of(key), row.count(0), row.count(1), row.integer(2), name};
      const std::string_view updates = row.bytes(6);
      if (entry.sequence != reached.sequence + 1) {
        return damaged("entry " + std::to_string(reached.sequence + 1) + " is missing");
      }
      reached = {entry.sequence, next_in_chain(hasher_, reached.hash, entry, updates)};
      if (row.count(4) != updates.size() || reached.hash != row.array<32>(5)) {
        return damaged("entry " + std::to_string(entry.sequence) + " does not have its hash");
      }
      document.tail.emplace_back(updates);
    }
    if (auto status = row.status(); !status) return forward_error(status);
  }
  if (reached.sequence != head->sequence || reached.hash != head->hash) {
    return damaged("the log does not end with entry " + std::to_string(head->sequence));
  }
  auto claims = read_claims(key);
  if (!claims) return forward_error(claims);
  document.clients = *std::move(claims);
  return document;
}

Result<std::uint64_t> DocumentLog::verify(DocumentKey key) {
  auto loaded = load(key);
  if (!loaded) return forward_error(loaded);
  return std::uint64_t{loaded->tail.size()};
}

// --- Claims ------------------------------------------------------------------------------

Result<std::vector<ClientClaim>> DocumentLog::read_claims(DocumentKey key) {
  std::vector<ClientClaim> claims;
  Cursor row = database_.query(
      "SELECT client, name FROM document_clients JOIN authors ON authors.id = author "
      "WHERE document = ? ORDER BY client",
      id_of(key));
  while (row.next()) claims.push_back({row.count(0), Author{row.text(1)}});
  if (auto status = row.status(); !status) return forward_error(status);
  return claims;
}

Result<void> DocumentLog::claim_clients(DocumentKey key, const Author& author,
                                        std::span<const std::uint64_t> clients) {
  if (auto ok = check_at_most("claims", clients.size(), kMaxClaims); !ok) return ok;
  if (auto ok = check_at_most("an author's name", author.name.size(), kMaxAuthorBytes); !ok) {
    return ok;
  }
  if (auto head = read_head(key); !head) return forward_error(head);
  auto id = author_id(author);
  if (!id) return forward_error(id);
  for (const std::uint64_t client : clients) {
    if (client > kLastLeasedClient) return fail(ErrorCode::OutOfRange, "a client id past 2^53");
    auto added = database_.run(
        "INSERT INTO document_clients (document, client, author) VALUES (?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        id_of(key), client, *id);
    if (!added) return added;
    if (database_.changes() != 0) continue;
    Cursor row =
        database_.query("SELECT author FROM document_clients WHERE document = ? AND client = ?",
                        id_of(key), client);
    if (row.next() && row.integer(0) == *id) continue;
    if (auto status = row.status(); !status) return status;
    return fail(ErrorCode::Refused,
                "client id " + std::to_string(client) + " is somebody else's");
  }
  return {};
}

// --- Snapshots ---------------------------------------------------------------------------

Result<crypto::Sha256Digest> DocumentLog::hash_at(DocumentKey key, std::uint64_t up_to) {
  Head covered;
  {
    Cursor row =
        database_.query("SELECT up_to, head FROM snapshots WHERE document = ?", id_of(key));
    if (row.next()) covered = {row.count(0), row.array<32>(1)};
    if (auto status = row.status(); !status) return forward_error(status);
  }
  if (up_to == covered.sequence) return covered.hash;
  Cursor row = database_.query("SELECT hash FROM log WHERE document = ? AND sequence = ?",
                               id_of(key), up_to);
  if (row.next()) return row.array<32>(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::OutOfRange, "a snapshot of entries that are not in the log");
}

Result<void> DocumentLog::put_snapshot(DocumentKey key, std::uint64_t up_to,
                                       std::string_view state) {
  if (auto ok = check_at_most("a snapshot", state.size(), kMaxSnapshotBytes); !ok) return ok;
  if (auto head = read_head(key); !head) return forward_error(head);
  auto done = file_recent();
  if (done) done = replace_entries(key, up_to, state);
  // What moved to the log moves back.
  if (!done) recent_.reset();
  return done;
}

Result<void> DocumentLog::replace_entries(DocumentKey key, std::uint64_t up_to,
                                          std::string_view state) {
  auto hash = hash_at(key, up_to);
  if (!hash) return forward_error(hash);
  auto done = database_.run(
      "INSERT INTO snapshots (document, up_to, head, time, hash, state) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET up_to = excluded.up_to, "
      "head = excluded.head, time = excluded.time, hash = excluded.hash, state = "
      "excluded.state",
      id_of(key), up_to, Blob(*hash), now_, Blob(crypto::sha256(state)), Blob(state));
  if (!done) return done;
  done =
      database_.run("DELETE FROM log WHERE document = ? AND sequence <= ?", id_of(key), up_to);
  if (!done) return done;
  return database_.run(
      "UPDATE documents SET snapshot_bytes = ?, log_bytes = "
      "(SELECT coalesce(sum(length), 0) FROM log WHERE document = documents.id) WHERE id = ?",
      std::uint64_t{state.size()}, id_of(key));
}

}  // namespace plait::store
