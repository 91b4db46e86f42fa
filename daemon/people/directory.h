#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/people/outcome.h"
#include "daemon/store/records.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/messages/connect/invite.h"
#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/types.h"
#include "protocol/messages/connect/workspace.h"

namespace plait::people {

using messages::connect::Role;
using messages::connect::Standing;
using messages::connect::User;
using store::PublicKey;

/// What has to be written so that a change survives. It holds in memory already.
using Records = std::vector<store::Record>;

/// The lower of two roles.
[[nodiscard]] constexpr Role lower_of(Role a, Role b) noexcept { return a > b ? a : b; }
[[nodiscard]] constexpr bool may_write(Role role) noexcept { return role <= Role::Editor; }

/// Who there is and what they may do: workspaces, members, invites, those who wait, tokens that
/// were revoked. All of it is in memory; every change says which records are to be stored.
///
/// Doing something a second time changes nothing and gives its records again, so that a change
/// whose commit failed is healed by trying again.
///
/// Somebody who was removed stays known (history names him, and so does his revoked device);
/// members are those who were not. A device is one member of a workspace at most. A member
/// without a device comes with tokens that the operator made.
///
/// Does no I/O. Pointers are good until the next change.
class Directory {
 public:
  struct Limits {
    /// Of one workspace, and as many may wait.
    std::size_t members = 100;
  };
  /// The random generator outlives it.
  Directory(const store::Directory& stored, const Limits& limits, Random& random);

  // --- Reading ---

  [[nodiscard]] std::vector<const store::WorkspaceRecord*> workspaces() const;
  /// Null if there is none.
  [[nodiscard]] const store::WorkspaceRecord* workspace(std::string_view id) const;
  /// A member; null for who was removed, too.
  [[nodiscard]] const store::MemberRecord* member(std::string_view workspace,
                                                  std::string_view id) const;
  [[nodiscard]] const store::MemberRecord* member_with(std::string_view workspace,
                                                       const PublicKey& device) const;
  [[nodiscard]] std::vector<const store::MemberRecord*> members(
      std::string_view workspace) const;
  [[nodiscard]] std::vector<const store::JoinRequestRecord*> waiting(
      std::string_view workspace) const;
  /// Invites that somebody can still use.
  [[nodiscard]] std::vector<const store::InviteRecord*> invites(std::string_view workspace,
                                                                WallTime now) const;
  [[nodiscard]] bool is_revoked(std::string_view token) const;
  /// Nothing if it was never set.
  [[nodiscard]] std::optional<std::string> setting(std::string_view name) const;

  [[nodiscard]] static Role role_of(const store::MemberRecord& member);
  /// Anybody who is or was a member or waits; somebody unknown is called by his id.
  [[nodiscard]] User user(std::string_view workspace, std::string_view id) const;
  /// Whom a device belongs to, or who it would be: as in a workspace it is in, if there is one.
  [[nodiscard]] User user_with(const PublicKey& device, std::string_view wanted_name) const;
  /// The workspaces that a device is a member of.
  [[nodiscard]] std::vector<messages::connect::Workspace> workspaces_with(
      const PublicKey& device) const;
  /// Everybody, and with `and_waiting` those who wait. Who is online is for others to say, so
  /// `last_seen_at` is there as if nobody were.
  [[nodiscard]] std::vector<messages::connect::Member> roster(std::string_view workspace,
                                                              bool and_waiting) const;
  [[nodiscard]] messages::connect::Invite shown(const store::InviteRecord& invite) const;

  // --- Workspaces ---

  struct MadeWorkspace {
    std::string id;
    Records records;
  };
  Outcome<MadeWorkspace> create_workspace(std::string_view name, WallTime now);
  /// It could not be stored, and nobody has heard of it.
  void forget_workspace(std::string_view workspace);
  Records set(std::string_view name, std::string_view value);

  // --- Invites ---

  struct NewInvite {
    std::string workspace = {};
    Role role = Role::Editor;
    std::string created_by = {};  ///< a member's id; empty: the operator
    WallTime expires = {};
    std::uint32_t uses = store::kUnlimitedUses;
    std::string password_hash = {};
    bool needs_approval = false;
  };
  struct MadeInvite {
    std::string id;
    messages::connect::InviteSecret secret;  ///< kept nowhere
    Records records;
  };
  /// Drops invites that nobody can use any more.
  Outcome<MadeInvite> create_invite(const NewInvite& invite, WallTime now);
  void forget_invite(std::string_view workspace, std::string_view id);
  Outcome<Records> revoke_invite(std::string_view workspace, std::string_view id);

  /// The invite that somebody knows the secret of, if it is good. Takes the same time whether
  /// there is one or not.
  [[nodiscard]] const store::InviteRecord* find_invite(
      std::string_view workspace, const messages::connect::InviteSecret& secret,
      WallTime now) const;
  /// The standing of somebody who need not redeem anything.
  [[nodiscard]] std::optional<Standing> standing(std::string_view workspace,
                                                 const PublicKey& device) const;

  struct Joined {
    Standing standing = Standing::Waiting;
    std::string id;  ///< of the user
    bool is_new = false;
    Records records;
  };
  /// Takes a use of an invite that find_invite() found, the password having been seen to.
  Outcome<Joined> join(std::string_view workspace, std::string_view invite,
                       const PublicKey& device, std::string_view wanted_name, WallTime now);

  // --- Members ---

  struct Change {
    Records records;
    bool changed = false;  ///< false: it was so already
  };
  Outcome<Change> set_role(std::string_view workspace, std::string_view id, Role role);
  Outcome<Change> rename(std::string_view workspace, std::string_view id,
                         std::string_view wanted);
  struct Decided {
    Records records;
    bool changed = false;
    PublicKey device{};
  };
  Outcome<Decided> approve(std::string_view workspace, std::string_view id, bool approved,
                           WallTime now);
  /// Ends a membership. The device stays known, and may only ask.
  Outcome<Change> revoke(std::string_view workspace, std::string_view id);
  /// Ends a membership for who asks for it. The device is forgotten.
  Outcome<Change> leave(std::string_view workspace, std::string_view id);
  Outcome<Change> transfer(std::string_view workspace, std::string_view from,
                           std::string_view to);
  /// The last connection of somebody who is or was a member has ended.
  Records went_offline(std::string_view workspace, std::string_view id, WallTime now);

  struct Guest {
    std::string id;
    bool is_new = false;
    Records records;
  };
  /// The member of this name that has no device, made if there is none, in this role from now
  /// on.
  Outcome<Guest> guest(std::string_view workspace, std::string_view name, Role role,
                       WallTime now);

  Records revoke_token(std::string_view token, WallTime expires, WallTime now);

 private:
  struct Place {
    store::WorkspaceRecord record;
    std::map<std::string, store::MemberRecord, std::less<>> members;
    std::map<std::string, store::InviteRecord, std::less<>> invites;
    std::map<std::string, store::JoinRequestRecord, std::less<>> waiting;
    /// Those with a device, removed or not.
    std::map<PublicKey, std::string> by_device;
    /// What names look like, and whose they are.
    std::map<std::string, std::set<std::string>> looks;
  };

  [[nodiscard]] const Place* place(std::string_view workspace) const;
  [[nodiscard]] Place* place(std::string_view workspace);
  /// A member of a place; null for who was removed.
  [[nodiscard]] static store::MemberRecord* active(Place& place, std::string_view id);
  [[nodiscard]] static std::size_t count_members(const Place& place);
  [[nodiscard]] static bool is_last_owner(const Place& place,
                                          const store::MemberRecord& member);
  [[nodiscard]] static bool is_good(const store::InviteRecord& invite, WallTime now);
  static void add_look(Place& place, std::string_view name, const std::string& id);
  static void drop_look(Place& place, std::string_view name, const std::string& id);
  [[nodiscard]] static std::string name_for(const Place& place, std::string_view id,
                                            std::string_view wanted);
  [[nodiscard]] static std::string id_for(const Place& place, const PublicKey& device);
  static void drop_stale_invites(Place& place, WallTime now, Records& records);
  [[nodiscard]] std::string make_id(std::string_view kind);

  const Limits limits_;
  Random& random_;
  std::map<std::string, Place, std::less<>> places_;
  std::map<std::string, std::string, std::less<>> settings_;
  std::map<std::string, WallTime, std::less<>> revoked_tokens_;
};

}  // namespace plait::people
