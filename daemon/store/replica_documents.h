#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/replica_records.h"
#include "daemon/store/replica_workspaces.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A document by the protocol's words.
struct DocumentName {
  std::string workspace;
  std::string document;
  auto operator<=>(const DocumentName&) const = default;
};

/// Documents on a client: a snapshot each and what was appended since, in one log of all of
/// them.
class ReplicaDocuments {
 public:
  ReplicaDocuments(Database& database, ReplicaWorkspaces& workspaces)
      : database_(database), workspaces_(workspaces) {}

  void begin_group();
  /// The group was rolled back. Documents that were appended to have lost something, so they
  /// take no more until they are opened again or get a snapshot.
  void group_failed();

  Result<ReplicaDocument> open(const DocumentName& name);
  Result<std::size_t> append(const DocumentName& name, std::string_view updates);
  /// What append() answers when it is refused for want of room.
  Failure refuse_append(const DocumentName& name);
  Result<void> put_snapshot(const DocumentName& name, std::string_view state);
  Result<void> remove(const DocumentName& name);

  Result<void> set_synced(WorkspaceKey workspace, std::span<const SyncedVersion> versions);
  Result<std::vector<SyncedVersion>> synced_versions(WorkspaceKey workspace);
  Result<void> remove_all(WorkspaceKey workspace);

 private:
  using Key = std::int64_t;

  /// 0 if there is nothing of it.
  Result<Key> key_of(const DocumentName& name);
  Result<Key> key_or_new(const DocumentName& name);
  Result<ReplicaDocument> load(Key key);
  Result<std::size_t> write(const DocumentName& name, std::string_view updates);
  Result<std::size_t> tail_bytes(Key key);
  Result<void> remove_content(Key key);
  /// Nothing is missing any more, should the group be committed.
  void find_again(const DocumentName& name);

  Database& database_;
  ReplicaWorkspaces& workspaces_;
  /// Of documents that were appended to, some of them: at most kMaxTails.
  std::unordered_map<Key, std::size_t> tails_;

  /// Appended to since begin_group().
  std::set<DocumentName> touched_;
  std::set<DocumentName> lost_;
  std::vector<DocumentName> found_again_;
};

}  // namespace plait::store
