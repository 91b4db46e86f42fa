#pragma once

#include <cstdint>

#include "daemon/store/blob_tables.h"
#include "daemon/store/client_leases.h"
#include "daemon/store/database.h"
#include "daemon/store/directory_tables.h"
#include "daemon/store/document_log.h"
#include "daemon/store/feed_tables.h"
#include "daemon/store/server_store.h"
#include "daemon/support/clock.h"

namespace plait::store {

/// The database's tables, each behind its class. What a request may use.
class Tables {
 public:
  Tables(Database& where, const BlobQuota& quota)
      : database(where),
        documents(where),
        leases(where),
        directory(where),
        feed(where),
        blobs(where, quota) {}

  // What a GroupCore calls: before a group, before anything reads or is committed, after a
  // group was rolled back.
  void begin_group(WallTime time) {
    now = time;
    documents.begin_group(generation, time);
  }
  Result<void> flush() { return documents.flush(); }
  void group_failed() { documents.group_failed(); }

  Result<Usage> usage(std::string_view workspace);
  Result<Stats> stats();

  Database& database;
  DocumentLog documents;
  ClientLeases leases;
  DirectoryTables directory;
  FeedTables feed;
  BlobTables blobs;

  /// Of the group that runs.
  WallTime now;
  std::uint64_t generation = 0;
};

}  // namespace plait::store
