#include <algorithm>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/digest.h"
#include "daemon/crypto/random.h"
#include "daemon/people/directory.h"
#include "daemon/people/names.h"
#include "protocol/base/hex.h"

namespace plait::people {

namespace connect = messages::connect;
using store::InviteRecord;
using store::JoinRequestRecord;
using store::MemberRecord;

namespace {

constexpr std::size_t kIdBytes = 8;

jsonrpc::RpcError keeps_an_owner() {
  return conflict("a workspace keeps an owner: make somebody else one before");
}

}  // namespace

std::string Directory::make_id(std::string_view kind) {
  const auto bytes = crypto::random_bytes<kIdBytes>(random_);
  return std::string(kind) + "-" + hex_of(crypto::view_of(bytes));
}

MemberRecord* Directory::active(Place& place, std::string_view id) {
  const auto found = place.members.find(id);
  return found == place.members.end() || found->second.revoked ? nullptr : &found->second;
}

// --- Workspaces --------------------------------------------------------------------------

Outcome<Directory::MadeWorkspace> Directory::create_workspace(std::string_view name,
                                                              WallTime now) {
  auto tidy = tidy_workspace_name(name);
  if (!tidy) return {{jsonrpc::StandardError::InvalidParams, tidy.error().message}};
  if (places_.size() >= connect::kMaxWorkspaces) {
    return limit_reached("workspaces", connect::kMaxWorkspaces);
  }
  store::WorkspaceRecord record{make_id("w"), *std::move(tidy), now};
  Place& made = places_[record.id];
  made.record = record;
  return MadeWorkspace{record.id, {record}};
}

void Directory::forget_workspace(std::string_view workspace) {
  const auto found = places_.find(workspace);
  if (found != places_.end()) places_.erase(found);
}

Records Directory::set(std::string_view name, std::string_view value) {
  settings_.insert_or_assign(std::string(name), std::string(value));
  return {store::SettingRecord{std::string(name), std::string(value)}};
}

// --- Invites -----------------------------------------------------------------------------

Outcome<Directory::MadeInvite> Directory::create_invite(const NewInvite& invite, WallTime now) {
  Place* in = place(invite.workspace);
  if (in == nullptr) return not_found("workspace");
  MadeInvite made;
  drop_stale_invites(*in, now, made.records);
  if (in->invites.size() >= connect::kMaxInvites) {
    return limit_reached("invites", connect::kMaxInvites);
  }
  made.secret.data = crypto::random_bytes<sizeof made.secret.data>(random_);
  InviteRecord record;
  record.workspace = invite.workspace;
  record.id = make_id("i");
  record.secret_hash = crypto::sha256(crypto::view_of(made.secret.data));
  record.role = jsonrpc::name_of(invite.role);
  record.created_by = invite.created_by;
  record.created = now;
  record.expires = invite.expires;
  record.uses_left = invite.uses;
  record.password_hash = invite.password_hash;
  record.needs_approval = invite.needs_approval;
  made.id = record.id;
  made.records.emplace_back(record);
  in->invites[record.id] = std::move(record);
  return made;
}

void Directory::forget_invite(std::string_view workspace, std::string_view id) {
  Place* in = place(workspace);
  if (in == nullptr) return;
  const auto found = in->invites.find(id);
  if (found != in->invites.end()) in->invites.erase(found);
}

Outcome<Records> Directory::revoke_invite(std::string_view workspace, std::string_view id) {
  Place* in = place(workspace);
  if (in == nullptr) return not_found("workspace");
  const auto found = in->invites.find(id);
  if (found == in->invites.end()) return not_found("invite");
  found->second.revoked = true;
  return Records{found->second};
}

/// Those that nobody can use and that nobody waits with: who waits gets its role.
void Directory::drop_stale_invites(Place& place, WallTime now, Records& records) {
  std::erase_if(place.invites, [&](const auto& entry) {
    const InviteRecord& invite = entry.second;
    const bool stale =
        !is_good(invite, now) && std::ranges::none_of(place.waiting, [&](const auto& request) {
          return request.second.invite == invite.id;
        });
    if (stale) records.emplace_back(store::InviteGone{invite.workspace, invite.id});
    return stale;
  });
}

Outcome<Directory::Joined> Directory::join(std::string_view workspace, std::string_view invite,
                                           const PublicKey& device,
                                           std::string_view wanted_name, WallTime now) {
  Place* in = place(workspace);
  if (in == nullptr) return invite_refused();
  Joined joined;
  joined.id = id_for(*in, device);
  if (const MemberRecord* member = active(*in, joined.id)) {
    joined.standing = Standing::Member;
    joined.records.emplace_back(*member);
    return joined;
  }
  if (const auto asked = in->waiting.find(joined.id); asked != in->waiting.end()) {
    joined.records.emplace_back(asked->second);
    return joined;
  }
  const auto found = in->invites.find(invite);
  if (found == in->invites.end() || !is_good(found->second, now)) return invite_refused();
  InviteRecord& used = found->second;

  // Who was removed is let in by an owner only, whatever the invite says.
  const bool waits = used.needs_approval || in->by_device.contains(device);
  if ((waits ? in->waiting.size() : count_members(*in)) >= limits_.members) {
    return limit_reached(waits ? "waiting members" : "members", limits_.members);
  }
  if (used.uses_left != store::kUnlimitedUses) --used.uses_left;
  joined.is_new = true;
  joined.records.emplace_back(used);
  const std::string name = name_for(*in, joined.id, wanted_name);
  add_look(*in, name, joined.id);
  if (waits) {
    JoinRequestRecord request{in->record.id, joined.id, used.id, name, device, now};
    joined.records.emplace_back(request);
    in->waiting[joined.id] = std::move(request);
    return joined;
  }
  MemberRecord member{in->record.id,     joined.id, name,    used.role,
                      /*revoked=*/false, now,       {device}};
  joined.standing = Standing::Member;
  joined.records.emplace_back(member);
  in->by_device[device] = joined.id;
  in->members[joined.id] = std::move(member);
  return joined;
}

// --- Members -----------------------------------------------------------------------------

Outcome<Directory::Change> Directory::set_role(std::string_view workspace, std::string_view id,
                                               Role role) {
  Place* in = place(workspace);
  MemberRecord* member = in == nullptr ? nullptr : active(*in, id);
  if (member == nullptr) return not_found("user");
  if (role != Role::Owner && is_last_owner(*in, *member)) return keeps_an_owner();
  Change change;
  change.changed = role_of(*member) != role;
  member->role = jsonrpc::name_of(role);
  change.records.emplace_back(*member);
  return change;
}

Outcome<Directory::Change> Directory::rename(std::string_view workspace, std::string_view id,
                                             std::string_view wanted) {
  Place* in = place(workspace);
  MemberRecord* member = in == nullptr ? nullptr : active(*in, id);
  if (member == nullptr) return not_found("user");
  auto tidy = tidy_name(wanted);
  if (!tidy) return {{jsonrpc::StandardError::InvalidParams, tidy.error().message}};
  std::string name = name_for(*in, id, *tidy);
  Change change;
  change.changed = name != member->name;
  if (change.changed) {
    drop_look(*in, member->name, member->id);
    add_look(*in, name, member->id);
    member->name = std::move(name);
  }
  change.records.emplace_back(*member);
  return change;
}

Outcome<Directory::Decided> Directory::approve(std::string_view workspace, std::string_view id,
                                               bool approved, WallTime now) {
  Place* in = place(workspace);
  if (in == nullptr) return not_found("workspace");
  Decided decided;
  const auto found = in->waiting.find(id);
  if (found == in->waiting.end()) {
    const MemberRecord* member = active(*in, id);
    if (approved && member == nullptr) return not_found("user who waits");
    if (!approved && member != nullptr) return conflict("that user is a member already");
    if (member != nullptr) decided.records.emplace_back(*member);
    decided.records.emplace_back(store::JoinRequestGone{in->record.id, std::string(id)});
    return decided;
  }
  if (approved && count_members(*in) >= limits_.members) {
    return limit_reached("members", limits_.members);
  }
  const JoinRequestRecord request = found->second;
  decided.changed = true;
  decided.device = request.device;
  decided.records.emplace_back(store::JoinRequestGone{request.workspace, request.id});
  in->waiting.erase(found);
  const auto former = in->members.find(request.id);
  if (!approved) {
    const bool keeps_name = former != in->members.end() && former->second.name == request.name;
    if (!keeps_name) drop_look(*in, request.name, request.id);
    return decided;
  }
  const auto invite = in->invites.find(request.invite);
  MemberRecord& member = in->members[request.id];
  if (member.name != request.name) drop_look(*in, member.name, request.id);
  add_look(*in, request.name, request.id);
  member.workspace = request.workspace;
  member.id = request.id;
  member.name = request.name;
  member.role = invite == in->invites.end() ? std::string(jsonrpc::name_of(Role::Viewer))
                                            : invite->second.role;
  member.revoked = false;
  member.joined = now;
  member.devices = {request.device};
  in->by_device[request.device] = request.id;
  decided.records.emplace_back(member);
  return decided;
}

Outcome<Directory::Change> Directory::revoke(std::string_view workspace, std::string_view id) {
  Place* in = place(workspace);
  if (in == nullptr) return not_found("workspace");
  const auto found = in->members.find(id);
  if (found == in->members.end()) return not_found("user");
  MemberRecord& member = found->second;
  if (is_last_owner(*in, member)) return keeps_an_owner();
  Change change;
  change.changed = !member.revoked;
  member.revoked = true;
  change.records.emplace_back(member);
  return change;
}

Outcome<Directory::Change> Directory::leave(std::string_view workspace, std::string_view id) {
  Place* in = place(workspace);
  MemberRecord* member = in == nullptr ? nullptr : active(*in, id);
  if (member == nullptr) return not_found("user");
  if (is_last_owner(*in, *member)) return keeps_an_owner();
  for (const PublicKey& device : member->devices) in->by_device.erase(device);
  member->devices.clear();
  member->revoked = true;
  return Change{{*member}, true};
}

Outcome<Directory::Change> Directory::transfer(std::string_view workspace,
                                               std::string_view from, std::string_view to) {
  Place* in = place(workspace);
  MemberRecord* giver = in == nullptr ? nullptr : active(*in, from);
  MemberRecord* taker = in == nullptr ? nullptr : active(*in, to);
  if (giver == nullptr || taker == nullptr) return not_found("user");
  if (giver == taker) return conflict("ownership goes to somebody else");
  if (taker->devices.empty()) {
    return conflict("that user comes with tokens only, and cannot keep a workspace");
  }
  taker->role = jsonrpc::name_of(Role::Owner);
  giver->role = jsonrpc::name_of(Role::Editor);
  return Change{{*taker, *giver}, true};
}

Records Directory::went_offline(std::string_view workspace, std::string_view id, WallTime now) {
  Place* in = place(workspace);
  if (in == nullptr) return {};
  const auto found = in->members.find(id);
  if (found == in->members.end()) return {};
  found->second.last_seen = now;
  return {store::MemberSeen{found->second.workspace, found->second.id, now}};
}

Outcome<Directory::Guest> Directory::guest(std::string_view workspace, std::string_view name,
                                           Role role, WallTime now) {
  Place* in = place(workspace);
  if (in == nullptr) return not_found("workspace");
  auto tidy = tidy_name(name);
  if (!tidy) return {{jsonrpc::StandardError::InvalidParams, tidy.error().message}};
  // The first name in line that is nobody's, or a guest's: then it is that guest.
  std::string guest_id;
  const std::string free = free_name(*tidy, [&](std::string_view candidate) {
    guest_id.clear();
    for (const std::string& look : looks_of(candidate)) {
      const auto found = in->looks.find(look);
      if (found == in->looks.end()) continue;
      for (const std::string& id : found->second) {
        const MemberRecord* member = active(*in, id);
        const bool is_guest =
            member != nullptr && member->devices.empty() && member->name == candidate;
        if (!is_guest) return true;
        guest_id = id;
      }
    }
    return false;
  });
  Guest guest;
  if (guest_id.empty()) {
    if (count_members(*in) >= limits_.members) {
      return limit_reached("members", limits_.members);
    }
    guest.is_new = true;
    guest_id = make_id("g");
    in->members[guest_id] = {in->record.id, guest_id, free, {}, /*revoked=*/false, now, {}};
    add_look(*in, free, guest_id);
  }
  MemberRecord& member = in->members[guest_id];
  member.role = jsonrpc::name_of(role);
  guest.id = guest_id;
  guest.records.emplace_back(member);
  return guest;
}

Records Directory::revoke_token(std::string_view token, WallTime expires, WallTime now) {
  std::erase_if(revoked_tokens_, [now](const auto& one) { return one.second <= now; });
  revoked_tokens_.insert_or_assign(std::string(token), expires);
  return {store::TokenRevocation{std::string(token), expires}};
}

}  // namespace plait::people
