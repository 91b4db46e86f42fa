#include "daemon/store/directory_tables.h"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <tuple>
#include <variant>

#include "daemon/store/documents.h"
#include "daemon/store/limits.h"

namespace plait::store {

namespace {

Result<void> check_texts(std::initializer_list<const std::string*> texts) {
  for (const std::string* text : texts) {
    auto ok = check_at_most("a record's text", text->size(), kMaxRecordTextBytes);
    if (!ok) return ok;
  }
  return {};
}

}  // namespace

// --- Writing -----------------------------------------------------------------------------

Result<void> DirectoryTables::put(const Record& record) {
  return std::visit([this](const auto& one) { return put(one); }, record);
}

Result<void> DirectoryTables::put(const SettingRecord& setting) {
  if (auto ok = check_texts({&setting.name}); !ok) return ok;
  if (auto ok = check_at_most("a setting", setting.value.size(), kMaxSettingBytes); !ok) {
    return ok;
  }
  return database_.run(
      "INSERT INTO settings (name, value) VALUES (?, ?) "
      "ON CONFLICT DO UPDATE SET value = excluded.value",
      setting.name, Blob(setting.value));
}

Result<void> DirectoryTables::put(const WorkspaceRecord& workspace) {
  if (auto ok = check_texts({&workspace.name}); !ok) return ok;
  if (auto ok = check_at_most("an id", workspace.id.size(), kMaxWorkspaceIdBytes); !ok) {
    return ok;
  }
  return database_.run(
      "INSERT INTO workspaces (id, name, created) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET name = excluded.name, created = excluded.created",
      workspace.id, workspace.name, workspace.created);
}

Result<void> DirectoryTables::put(const MemberRecord& member) {
  if (auto ok = check_texts({&member.id, &member.name, &member.role}); !ok) return ok;
  if (auto ok = check_at_most("devices", member.devices.size(), kMaxDevicesPerMember); !ok) {
    return ok;
  }
  auto done = database_.run(
      "INSERT INTO members (workspace, id, name, role, revoked, joined, last_seen) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name, "
      "role = excluded.role, revoked = excluded.revoked, joined = excluded.joined, "
      "last_seen = excluded.last_seen",
      member.workspace, member.id, member.name, member.role, member.revoked, member.joined,
      member.last_seen);
  if (!done) return done;
  done = database_.run("DELETE FROM member_devices WHERE workspace = ? AND member = ?",
                       member.workspace, member.id);
  for (const PublicKey& device : member.devices) {
    if (!done) return done;
    done = database_.run(
        "INSERT INTO member_devices (workspace, member, public_key) VALUES (?, ?, ?)",
        member.workspace, member.id, Blob(device));
  }
  return done;
}

Result<void> DirectoryTables::put(const MemberSeen& seen) {
  return database_.run("UPDATE members SET last_seen = ? WHERE workspace = ? AND id = ?",
                       seen.last_seen, seen.workspace, seen.id);
}

Result<void> DirectoryTables::put(const InviteRecord& invite) {
  if (auto ok =
          check_texts({&invite.id, &invite.role, &invite.created_by, &invite.password_hash});
      !ok) {
    return ok;
  }
  return database_.run(
      "INSERT INTO invites (workspace, id, secret_hash, role, created_by, created, expires, "
      "uses_left, password_hash, needs_approval, revoked) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (workspace, id) DO UPDATE SET secret_hash = excluded.secret_hash, "
      "role = excluded.role, created_by = excluded.created_by, created = excluded.created, "
      "expires = excluded.expires, uses_left = excluded.uses_left, "
      "password_hash = excluded.password_hash, needs_approval = excluded.needs_approval, "
      "revoked = excluded.revoked",
      invite.workspace, invite.id, Blob(invite.secret_hash), invite.role, invite.created_by,
      invite.created, invite.expires, invite.uses_left, invite.password_hash,
      invite.needs_approval, invite.revoked);
}

Result<void> DirectoryTables::put(const InviteGone& gone) {
  return database_.run("DELETE FROM invites WHERE workspace = ? AND id = ?", gone.workspace,
                       gone.id);
}

Result<void> DirectoryTables::put(const JoinRequestRecord& request) {
  if (auto ok = check_texts({&request.id, &request.invite, &request.name}); !ok) return ok;
  return database_.run(
      "INSERT INTO join_requests (workspace, id, invite, name, device, asked) "
      "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET invite = excluded.invite, "
      "name = excluded.name, device = excluded.device, asked = excluded.asked",
      request.workspace, request.id, request.invite, request.name, Blob(request.device),
      request.asked);
}

Result<void> DirectoryTables::put(const JoinRequestGone& gone) {
  return database_.run("DELETE FROM join_requests WHERE workspace = ? AND id = ?",
                       gone.workspace, gone.id);
}

Result<void> DirectoryTables::put(const TokenRevocation& revocation) {
  if (auto ok = check_texts({&revocation.token}); !ok) return ok;
  return database_.run(
      "INSERT INTO revoked_tokens (token, expires) VALUES (?, ?) "
      "ON CONFLICT DO UPDATE SET expires = excluded.expires",
      revocation.token, revocation.expires);
}

Result<void> DirectoryTables::drop_expired(WallTime now) {
  return database_.run("DELETE FROM revoked_tokens WHERE expires <= ?", now);
}

// --- Reading -----------------------------------------------------------------------------

Result<Directory> DirectoryTables::load(WallTime now) {
  Directory directory;
  auto done = load_settings(directory);
  if (done) done = load_workspaces(directory);
  if (done) done = load_members(directory);
  if (done) done = load_devices(directory);
  if (done) done = load_invites(directory);
  if (done) done = load_join_requests(directory);
  if (done) done = load_revoked_tokens(directory, now);
  if (!done) return forward_error(done);
  return directory;
}

Result<void> DirectoryTables::load_settings(Directory& into) {
  Cursor row = database_.query("SELECT name, value FROM settings ORDER BY name");
  while (row.next()) into.settings.push_back({row.text(0), row.text(1)});
  return row.status();
}

Result<void> DirectoryTables::load_workspaces(Directory& into) {
  Cursor row = database_.query("SELECT id, name, created FROM workspaces ORDER BY id");
  while (row.next()) into.workspaces.push_back({row.text(0), row.text(1), row.time(2)});
  return row.status();
}

Result<void> DirectoryTables::load_members(Directory& into) {
  Cursor row = database_.query(
      "SELECT workspace, id, name, role, revoked, joined, last_seen FROM members "
      "ORDER BY workspace, id");
  while (row.next()) {
    into.members.push_back({row.text(0),
                            row.text(1),
                            row.text(2),
                            row.text(3),
                            row.flag(4),
                            row.time(5),
                            {},
                            row.time(6)});
  }
  return row.status();
}

/// Both lists are in the order of workspace and member.
Result<void> DirectoryTables::load_devices(Directory& into) {
  Cursor row = database_.query(
      "SELECT workspace, member, public_key FROM member_devices "
      "ORDER BY workspace, member, public_key");
  auto member = into.members.begin();
  while (row.next()) {
    const auto owner = std::make_tuple(row.bytes(0), row.bytes(1));
    member = std::find_if(member, into.members.end(), [&](const MemberRecord& one) {
      return std::tuple<std::string_view, std::string_view>(one.workspace, one.id) == owner;
    });
    if (member == into.members.end()) return fail(ErrorCode::Damaged, "a device of nobody");
    member->devices.push_back(row.array<32>(2));
  }
  return row.status();
}

Result<void> DirectoryTables::load_invites(Directory& into) {
  Cursor row = database_.query(
      "SELECT workspace, id, secret_hash, role, created_by, created, expires, uses_left, "
      "password_hash, needs_approval, revoked FROM invites ORDER BY workspace, id");
  while (row.next()) {
    into.invites.push_back({row.text(0), row.text(1), row.array<32>(2), row.text(3),
                            row.text(4), row.time(5), row.time(6),
                            static_cast<std::uint32_t>(row.count(7)), row.text(8), row.flag(9),
                            row.flag(10)});
  }
  return row.status();
}

Result<void> DirectoryTables::load_join_requests(Directory& into) {
  Cursor row = database_.query(
      "SELECT workspace, id, invite, name, device, asked FROM join_requests "
      "ORDER BY workspace, id");
  while (row.next()) {
    into.join_requests.push_back(
        {row.text(0), row.text(1), row.text(2), row.text(3), row.array<32>(4), row.time(5)});
  }
  return row.status();
}

Result<void> DirectoryTables::load_revoked_tokens(Directory& into, WallTime now) {
  Cursor row = database_.query(
      "SELECT token, expires FROM revoked_tokens WHERE expires > ? ORDER BY token", now);
  while (row.next()) into.revoked_tokens.push_back({row.text(0), row.time(1)});
  return row.status();
}

}  // namespace plait::store
