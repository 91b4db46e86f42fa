#include "daemon/store/replica_schema.h"

#include <array>

namespace plait::store {

namespace {

// docs/storage.md says what the columns mean. A workspace's and a document's `key` is ours, its
// `id` the protocol's. What may be large lies in tables with a rowid.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
  key INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  folder TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  fingerprint BLOB,
  embedded INTEGER NOT NULL,
  role TEXT NOT NULL,
  user TEXT NOT NULL,
  generation INTEGER NOT NULL,
  feed_sequence INTEGER NOT NULL,
  synced INTEGER,
  invite TEXT,
  state INTEGER NOT NULL,
  read_marker INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE clients (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  client INTEGER NOT NULL,
  taken INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX clients_in_stock ON clients (workspace, client) WHERE taken = 0;

CREATE TABLE documents (
  key INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  synced_version INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workspace, id)
) STRICT;

CREATE TABLE snapshots (
  document INTEGER PRIMARY KEY REFERENCES documents,
  hash BLOB NOT NULL,
  state BLOB NOT NULL
) STRICT;

-- In the order of arrival, so that a burst in many documents lies together.
CREATE TABLE log (
  number INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents,
  hash BLOB NOT NULL,
  updates BLOB NOT NULL
) STRICT;
CREATE INDEX log_of_document ON log (document);

CREATE TABLE files (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  path TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  executable INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bases (
  key INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  file TEXT NOT NULL,
  text BLOB NOT NULL,
  UNIQUE (workspace, file)
) STRICT;

CREATE TABLE messages (
  workspace INTEGER NOT NULL REFERENCES workspaces,
  sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (workspace, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE outgoing (
  number INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  id TEXT NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (workspace, id)
) STRICT;

CREATE TABLE notes (
  key INTEGER PRIMARY KEY,
  workspace INTEGER NOT NULL REFERENCES workspaces,
  name TEXT NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE (workspace, name)
) STRICT;
)sql";

constexpr std::array kSteps = {kVersion1};

}  // namespace

std::span<const char* const> replica_schema_steps() { return kSteps; }

}  // namespace plait::store
