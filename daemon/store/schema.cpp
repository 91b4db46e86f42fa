#include "daemon/store/schema.h"

#include <array>
#include <cstddef>
#include <string>

namespace plait::store {

namespace {

// docs/storage.md says what the columns mean. Times are milliseconds since 1970. Tables without
// rowid are stored in the order of their key, which is the order they are read in.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  generation INTEGER NOT NULL,
  place TEXT NOT NULL,
  next_client INTEGER NOT NULL
) STRICT;

CREATE TABLE authors (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  last_sequence INTEGER NOT NULL DEFAULT 0,
  head BLOB NOT NULL,
  log_bytes INTEGER NOT NULL DEFAULT 0,
  snapshot_bytes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workspace, name)
) STRICT;

CREATE TABLE snapshots (
  document INTEGER PRIMARY KEY REFERENCES documents,
  up_to INTEGER NOT NULL,
  head BLOB NOT NULL,
  time INTEGER NOT NULL,
  hash BLOB NOT NULL,
  state BLOB NOT NULL
) STRICT;

-- No foreign keys here: they would cost two lookups for every entry, and verify() finds more.
CREATE TABLE log (
  document INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  time INTEGER NOT NULL,
  author INTEGER NOT NULL,
  length INTEGER NOT NULL,
  hash BLOB NOT NULL,
  updates BLOB NOT NULL,
  PRIMARY KEY (document, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_clients (
  document INTEGER NOT NULL REFERENCES documents,
  client INTEGER NOT NULL,
  author INTEGER NOT NULL REFERENCES authors,
  PRIMARY KEY (document, client)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
  first INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  workspace TEXT NOT NULL,
  member TEXT NOT NULL,
  device BLOB NOT NULL,
  time INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  workspace TEXT NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  revoked INTEGER NOT NULL,
  joined INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE member_devices (
  workspace TEXT NOT NULL,
  member TEXT NOT NULL,
  public_key BLOB NOT NULL,
  PRIMARY KEY (workspace, member, public_key),
  FOREIGN KEY (workspace, member) REFERENCES members
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
  workspace TEXT NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  secret_hash BLOB NOT NULL UNIQUE,
  role TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  uses_left INTEGER NOT NULL,
  password_hash TEXT NOT NULL,
  needs_approval INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE join_requests (
  workspace TEXT NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  invite TEXT NOT NULL,
  name TEXT NOT NULL,
  device BLOB NOT NULL,
  asked INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE revoked_tokens (
  token TEXT PRIMARY KEY,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
  workspace TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  member TEXT NOT NULL,
  kind INTEGER NOT NULL,
  message INTEGER,
  body TEXT NOT NULL,
  PRIMARY KEY (workspace, sequence)
) STRICT, WITHOUT ROWID;

-- The text is in message_text, under the same id, and only there.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  author TEXT NOT NULL,
  time INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  edited INTEGER,
  deleted INTEGER NOT NULL DEFAULT 0,
  reply_to INTEGER,
  anchor TEXT NOT NULL,
  UNIQUE (workspace, sequence),
  UNIQUE (workspace, author, nonce)
) STRICT;

CREATE VIRTUAL TABLE message_text USING fts5 (
  text, tokenize = "unicode61 remove_diacritics 2");

CREATE TABLE reactions (
  message INTEGER NOT NULL REFERENCES messages,
  emoji TEXT NOT NULL,
  member TEXT NOT NULL,
  PRIMARY KEY (message, emoji, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  workspace TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  time INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (workspace, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  hash BLOB NOT NULL,
  author TEXT NOT NULL,
  size INTEGER NOT NULL,
  received INTEGER NOT NULL,
  started INTEGER NOT NULL,
  UNIQUE (workspace, hash)
) STRICT;
CREATE INDEX blobs_by_author ON blobs (workspace, author, size);

CREATE TABLE blob_chunks (
  id INTEGER PRIMARY KEY,
  blob INTEGER NOT NULL REFERENCES blobs,
  offset INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (blob, offset)
) STRICT;
)sql";

// Leases can be asked for again, and activities be recorded again, without anything happening.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE leases ADD COLUMN replica TEXT NOT NULL DEFAULT '';
CREATE INDEX leases_of_device ON leases (workspace, member, device, replica);

ALTER TABLE feed ADD COLUMN nonce TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX feed_by_nonce ON feed (workspace, member, nonce) WHERE nonce <> '';
)sql";

// When members were here last.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE members ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;
)sql";

// What was appended last, in the order of commits: a commit writes a page or two of it, where
// the log would have a page for every document. Authors are names, so that nothing is looked
// up.
constexpr const char* kVersion4 = R"sql(
CREATE TABLE recent (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  time INTEGER NOT NULL,
  author TEXT NOT NULL,
  length INTEGER NOT NULL,
  hash BLOB NOT NULL,
  updates BLOB NOT NULL
) STRICT;
)sql";

constexpr std::array kSteps = {kVersion1, kVersion2, kVersion3, kVersion4};

Result<std::int64_t> pragma(Database& database, Sql sql) {
  Cursor cursor = database.query(sql);
  std::int64_t value = 0;
  while (cursor.next()) value = cursor.integer(0);
  if (auto status = cursor.status(); !status) return forward_error(status);
  return value;
}

/// A file that has just been made, or one of ours.
Result<void> check_application(Database& database, std::int64_t version, int expected) {
  auto application = pragma(database, "PRAGMA application_id");
  if (!application) return forward_error(application);
  if (*application == expected) return {};
  auto tables = pragma(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return forward_error(tables);
  if (*application == 0 && version == 0 && *tables == 0) return {};
  return fail(ErrorCode::Unsupported, "the database belongs to another program");
}

Result<void> take_step(Database& database, const char* step, std::size_t version,
                       int application_id) {
  const std::string mark = "PRAGMA application_id = " + std::to_string(application_id) +
                           "; PRAGMA user_version = " + std::to_string(version) + "; COMMIT";
  auto done = database.script("BEGIN IMMEDIATE");
  if (done) done = database.script(step);
  if (done) done = database.script(mark.c_str());
  if (!done && database.in_transaction()) {
    // Should this fail too, then closing the connection rolls back.
    static_cast<void>(database.script("ROLLBACK"));
  }
  return done;
}

}  // namespace

std::span<const char* const> schema_steps() { return kSteps; }

Result<void> migrate(Database& database, std::span<const char* const> steps,
                     int application_id) {
  const auto found = pragma(database, "PRAGMA user_version");
  if (!found) return fail(found.error().code, found.error().message);
  if (auto ours = check_application(database, *found, application_id); !ours) return ours;
  const auto version = static_cast<std::size_t>(*found);
  if (*found < 0 || version > steps.size()) {
    return fail(ErrorCode::Unsupported, "the database has version " + std::to_string(*found) +
                                            ", this program knows versions up to " +
                                            std::to_string(steps.size()));
  }
  for (std::size_t next = version; next < steps.size(); ++next) {
    if (auto done = take_step(database, steps[next], next + 1, application_id); !done) {
      return Failure{std::move(done).error().with_context("migrating to version " +
                                                          std::to_string(next + 1))};
    }
  }
  return {};
}

}  // namespace plait::store
