#pragma once

#include "daemon/store/database.h"
#include "daemon/store/records.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Workspaces, members, invites, and what else the server keeps in memory while it runs.
class DirectoryTables {
 public:
  explicit DirectoryTables(Database& database) : database_(database) {}

  /// Tokens that have run out anyway are left out.
  Result<Directory> load(WallTime now);
  Result<void> put(const Record& record);
  /// Forgets revocations that nobody needs any more.
  Result<void> drop_expired(WallTime now);

 private:
  Result<void> put(const SettingRecord& setting);
  Result<void> put(const WorkspaceRecord& workspace);
  Result<void> put(const MemberRecord& member);
  Result<void> put(const MemberSeen& seen);
  Result<void> put(const InviteRecord& invite);
  Result<void> put(const InviteGone& gone);
  Result<void> put(const JoinRequestRecord& request);
  Result<void> put(const JoinRequestGone& gone);
  Result<void> put(const TokenRevocation& revocation);

  Result<void> load_workspaces(Directory& into);
  Result<void> load_members(Directory& into);
  Result<void> load_devices(Directory& into);
  Result<void> load_invites(Directory& into);
  Result<void> load_join_requests(Directory& into);
  Result<void> load_settings(Directory& into);
  Result<void> load_revoked_tokens(Directory& into, WallTime now);

  Database& database_;
};

}  // namespace plait::store
