#include "daemon/people/directory.h"

#include <algorithm>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/digest.h"
#include "daemon/people/names.h"
#include "protocol/base/hex.h"

namespace plait::people {

namespace connect = messages::connect;
using store::InviteRecord;
using store::JoinRequestRecord;
using store::MemberRecord;
using store::WorkspaceRecord;

namespace {

/// Bytes of a hash that a user's id shows: two devices never meet in so many.
constexpr std::size_t kUserIdBytes = 10;

Role role_named(std::string_view name) {
  return jsonrpc::enum_named<Role>(name).value_or(Role::Viewer);
}

/// The n-th id that a device can have in a workspace.
std::string user_id(const PublicKey& device, std::uint8_t n) {
  std::string seed(crypto::view_of(device));
  seed += static_cast<char>(n);
  const crypto::Sha256Digest hash = crypto::sha256(seed);
  return "u-" + hex_of(crypto::view_of(hash).substr(0, kUserIdBytes));
}

}  // namespace

Directory::Directory(const store::Directory& stored, const Limits& limits, Random& random)
    : limits_(limits), random_(random) {
  for (const auto& setting : stored.settings) settings_[setting.name] = setting.value;
  for (const auto& record : stored.workspaces) places_[record.id].record = record;
  for (const auto& member : stored.members) {
    Place* in = place(member.workspace);
    if (in == nullptr) continue;
    for (const PublicKey& device : member.devices) in->by_device[device] = member.id;
    add_look(*in, member.name, member.id);
    in->members[member.id] = member;
  }
  for (const auto& invite : stored.invites) {
    if (Place* in = place(invite.workspace)) in->invites[invite.id] = invite;
  }
  for (const auto& request : stored.join_requests) {
    Place* in = place(request.workspace);
    if (in == nullptr) continue;
    add_look(*in, request.name, request.id);
    in->waiting[request.id] = request;
  }
  for (const auto& token : stored.revoked_tokens) revoked_tokens_[token.token] = token.expires;
}

// --- Reading -----------------------------------------------------------------------------

const Directory::Place* Directory::place(std::string_view workspace) const {
  const auto found = places_.find(workspace);
  return found == places_.end() ? nullptr : &found->second;
}

Directory::Place* Directory::place(std::string_view workspace) {
  const auto found = places_.find(workspace);
  return found == places_.end() ? nullptr : &found->second;
}

std::vector<const WorkspaceRecord*> Directory::workspaces() const {
  std::vector<const WorkspaceRecord*> all;
  for (const auto& [id, in] : places_) all.push_back(&in.record);
  return all;
}

const WorkspaceRecord* Directory::workspace(std::string_view id) const {
  const Place* in = place(id);
  return in == nullptr ? nullptr : &in->record;
}

const MemberRecord* Directory::member(std::string_view workspace, std::string_view id) const {
  const Place* in = place(workspace);
  if (in == nullptr) return nullptr;
  const auto found = in->members.find(id);
  return found == in->members.end() || found->second.revoked ? nullptr : &found->second;
}

const MemberRecord* Directory::member_with(std::string_view workspace,
                                           const PublicKey& device) const {
  const Place* in = place(workspace);
  if (in == nullptr) return nullptr;
  const auto found = in->by_device.find(device);
  return found == in->by_device.end() ? nullptr : member(workspace, found->second);
}

std::vector<const MemberRecord*> Directory::members(std::string_view workspace) const {
  std::vector<const MemberRecord*> all;
  const Place* in = place(workspace);
  if (in == nullptr) return all;
  for (const auto& [id, member] : in->members) {
    if (!member.revoked) all.push_back(&member);
  }
  return all;
}

std::vector<const JoinRequestRecord*> Directory::waiting(std::string_view workspace) const {
  std::vector<const JoinRequestRecord*> all;
  const Place* in = place(workspace);
  if (in == nullptr) return all;
  for (const auto& [id, request] : in->waiting) all.push_back(&request);
  return all;
}

std::vector<const InviteRecord*> Directory::invites(std::string_view workspace,
                                                    WallTime now) const {
  std::vector<const InviteRecord*> good;
  const Place* in = place(workspace);
  if (in == nullptr) return good;
  for (const auto& [id, invite] : in->invites) {
    if (is_good(invite, now)) good.push_back(&invite);
  }
  return good;
}

bool Directory::is_revoked(std::string_view token) const {
  return revoked_tokens_.find(token) != revoked_tokens_.end();
}

std::optional<std::string> Directory::setting(std::string_view name) const {
  const auto found = settings_.find(name);
  if (found == settings_.end()) return std::nullopt;
  return found->second;
}

Role Directory::role_of(const MemberRecord& member) { return role_named(member.role); }

User Directory::user(std::string_view workspace, std::string_view id) const {
  User user{std::string(id), std::string(id), color_of(id)};
  const Place* in = place(workspace);
  if (in == nullptr) return user;
  if (const auto waiting = in->waiting.find(id); waiting != in->waiting.end()) {
    user.name = waiting->second.name;
  }
  if (const auto member = in->members.find(id); member != in->members.end()) {
    user.name = member->second.name;
  }
  return user;
}

User Directory::user_with(const PublicKey& device, std::string_view wanted_name) const {
  for (const auto& [workspace, in] : places_) {
    const auto found = in.by_device.find(device);
    if (found == in.by_device.end()) continue;
    if (member(workspace, found->second) != nullptr) return user(workspace, found->second);
  }
  const std::string id = user_id(device, 0);
  return {id, tidy_name(wanted_name).value_or(default_name(id)), color_of(id)};
}

std::vector<connect::Workspace> Directory::workspaces_with(const PublicKey& device) const {
  std::vector<connect::Workspace> all;
  for (const auto& [id, in] : places_) {
    const MemberRecord* member = member_with(id, device);
    if (member == nullptr) continue;
    all.push_back({id, in.record.name, role_of(*member), in.record.created.ms});
  }
  return all;
}

std::vector<connect::Member> Directory::roster(std::string_view workspace,
                                               bool and_waiting) const {
  std::vector<connect::Member> all;
  for (const MemberRecord* member : members(workspace)) {
    connect::Member shown;
    shown.user = user(workspace, member->id);
    shown.role = role_of(*member);
    shown.standing = Standing::Member;
    shown.joined_at = member->joined.ms;
    if (member->last_seen.ms != 0) shown.last_seen_at = member->last_seen.ms;
    all.push_back(std::move(shown));
  }
  const Place* in = place(workspace);
  if (in == nullptr || !and_waiting) return all;
  for (const auto& [id, request] : in->waiting) {
    connect::Member shown;
    shown.user = {id, request.name, color_of(id)};
    const auto invite = in->invites.find(request.invite);
    if (invite != in->invites.end()) shown.role = role_named(invite->second.role);
    shown.standing = Standing::Waiting;
    shown.joined_at = request.asked.ms;
    all.push_back(std::move(shown));
  }
  return all;
}

connect::Invite Directory::shown(const InviteRecord& invite) const {
  connect::Invite shown;
  shown.id = invite.id;
  shown.role = role_named(invite.role);
  shown.created_by = invite.created_by.empty() ? User{"server", "the operator", color_of({})}
                                               : user(invite.workspace, invite.created_by);
  shown.created_at = invite.created.ms;
  shown.expires_at = invite.expires.ms;
  if (invite.uses_left != store::kUnlimitedUses) shown.uses_left = invite.uses_left;
  shown.approval = invite.needs_approval;
  shown.password = !invite.password_hash.empty();
  return shown;
}

const InviteRecord* Directory::find_invite(std::string_view workspace,
                                           const connect::InviteSecret& secret,
                                           WallTime now) const {
  const crypto::Sha256Digest hash = crypto::sha256(crypto::view_of(secret.data));
  const InviteRecord* found = nullptr;
  if (const Place* in = place(workspace)) {
    for (const auto& [id, invite] : in->invites) {
      const bool same = crypto::equal_constant_time(crypto::view_of(hash),
                                                    crypto::view_of(invite.secret_hash));
      if (same && is_good(invite, now)) found = &invite;
    }
  }
  return found;
}

std::optional<Standing> Directory::standing(std::string_view workspace,
                                            const PublicKey& device) const {
  if (member_with(workspace, device) != nullptr) return Standing::Member;
  const Place* in = place(workspace);
  if (in == nullptr || !in->waiting.contains(id_for(*in, device))) return std::nullopt;
  return Standing::Waiting;
}

bool Directory::is_good(const InviteRecord& invite, WallTime now) {
  return !invite.revoked && invite.expires > now && invite.uses_left > 0;
}

std::size_t Directory::count_members(const Place& place) {
  return static_cast<std::size_t>(std::ranges::count_if(
      place.members, [](const auto& entry) { return !entry.second.revoked; }));
}

/// An owner without a device is one for as long as a token lasts: the workspace would end up
/// with nobody who can do anything about it.
bool Directory::is_last_owner(const Place& place, const MemberRecord& member) {
  const auto owns = [](const MemberRecord& one) {
    return !one.revoked && role_of(one) == Role::Owner && !one.devices.empty();
  };
  return owns(member) && std::ranges::none_of(place.members, [&](const auto& entry) {
           return entry.first != member.id && owns(entry.second);
         });
}

/// The id that a device has in a workspace, or will have. Who left by himself comes back as
/// somebody new.
std::string Directory::id_for(const Place& place, const PublicKey& device) {
  const auto known = place.by_device.find(device);
  if (known != place.by_device.end()) return known->second;
  for (std::uint8_t n = 0;; ++n) {
    std::string id = user_id(device, n);
    // Whoever came and left 255 times keeps the last one.
    if (!place.members.contains(id) || n == 0xff) return id;
  }
}

void Directory::add_look(Place& place, std::string_view name, const std::string& id) {
  for (std::string& look : looks_of(name)) place.looks[std::move(look)].insert(id);
}

void Directory::drop_look(Place& place, std::string_view name, const std::string& id) {
  for (const std::string& look : looks_of(name)) {
    const auto found = place.looks.find(look);
    if (found == place.looks.end()) continue;
    found->second.erase(id);
    if (found->second.empty()) place.looks.erase(found);
  }
}

/// What somebody who wants to be called something can be called. Names of who has gone stay
/// theirs: history shows them.
std::string Directory::name_for(const Place& place, std::string_view id,
                                std::string_view wanted) {
  const std::string name = tidy_name(wanted).value_or(default_name(id));
  return free_name(name, [&](std::string_view candidate) {
    return std::ranges::any_of(looks_of(candidate), [&](const std::string& look) {
      const auto found = place.looks.find(look);
      return found != place.looks.end() &&
             std::ranges::any_of(found->second, [&](const auto& one) { return one != id; });
    });
  });
}

}  // namespace plait::people
