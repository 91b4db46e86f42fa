#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "daemon/support/clock.h"

namespace plait::store {

/// The directory: who there is and what they may do. The server keeps it in memory; every
/// change is written as a record, and load_directory() reads all of them when it starts. A
/// record replaces the one with the same id. Roles are the protocol's words.

using PublicKey = std::array<std::uint8_t, 32>;
using SecretHash = std::array<std::uint8_t, 32>;

/// Something the server has to remember about itself.
struct SettingRecord {
  std::string name;
  std::string value;
  bool operator==(const SettingRecord&) const = default;
};

struct WorkspaceRecord {
  std::string id;
  std::string name;
  WallTime created;
  bool operator==(const WorkspaceRecord&) const = default;
};

struct MemberRecord {
  std::string workspace;
  std::string id;
  std::string name;
  std::string role;
  bool revoked = false;
  WallTime joined;
  /// In ascending order.
  std::vector<PublicKey> devices;
  /// When his last connection ended; 0: none has.
  WallTime last_seen = {};
  bool operator==(const MemberRecord&) const = default;
};

/// Of a member's record, this alone.
struct MemberSeen {
  std::string workspace;
  std::string id;
  WallTime last_seen;
};

/// Of an invite that any number of people may use.
inline constexpr std::uint32_t kUnlimitedUses = 0xffff'ffff;

struct InviteRecord {
  std::string workspace;
  /// What lists and logs show; not the secret.
  std::string id;
  SecretHash secret_hash{};
  std::string role;
  std::string created_by;
  WallTime created;
  WallTime expires;
  std::uint32_t uses_left = 0;
  /// As daemon/crypto/password.h writes it; empty if none is asked for.
  std::string password_hash;
  bool needs_approval = false;
  bool revoked = false;
  bool operator==(const InviteRecord&) const = default;
};

/// An invite that nobody has to see any more.
struct InviteGone {
  std::string workspace;
  std::string id;
};

/// Somebody with an invite who waits for an owner.
struct JoinRequestRecord {
  std::string workspace;
  std::string id;
  std::string invite;
  std::string name;
  PublicKey device{};
  WallTime asked;
  bool operator==(const JoinRequestRecord&) const = default;
};

/// It was approved, refused or taken back.
struct JoinRequestGone {
  std::string workspace;
  std::string id;
};

/// A token that is refused although its time has not run out.
struct TokenRevocation {
  std::string token;
  /// From here on it need not be remembered.
  WallTime expires;
  bool operator==(const TokenRevocation&) const = default;
};

using Record =
    std::variant<SettingRecord, WorkspaceRecord, MemberRecord, MemberSeen, InviteRecord,
                 InviteGone, JoinRequestRecord, JoinRequestGone, TokenRevocation>;

/// Everything there is, each list in the order of its ids.
struct Directory {
  std::vector<SettingRecord> settings;
  std::vector<WorkspaceRecord> workspaces;
  std::vector<MemberRecord> members;
  std::vector<InviteRecord> invites;
  std::vector<JoinRequestRecord> join_requests;
  std::vector<TokenRevocation> revoked_tokens;
};

/// Of every id, name, role and hash in a record; settings may be longer.
inline constexpr std::size_t kMaxRecordTextBytes = 1024;
inline constexpr std::size_t kMaxSettingBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxDevicesPerMember = 64;

}  // namespace plait::store
