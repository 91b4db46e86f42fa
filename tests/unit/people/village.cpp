#include "tests/unit/people/village.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "daemon/crypto/digest.h"

namespace plait::people {

Village::Village(std::size_t members) : limits{.members = members} {
  restarts();
  auto made = directory->create_workspace("Village", now);
  store(made->records);
  workspace = made->id;
}

void Village::store(const Records& records) {
  for (const store::Record& record : records) {
    if (const auto* setting = std::get_if<store::SettingRecord>(&record)) {
      settings_[setting->name] = *setting;
    } else if (const auto* made = std::get_if<store::WorkspaceRecord>(&record)) {
      workspaces_[made->id] = *made;
    } else if (const auto* member = std::get_if<store::MemberRecord>(&record)) {
      members_[{member->workspace, member->id}] = *member;
    } else if (const auto* invite = std::get_if<store::InviteRecord>(&record)) {
      invites_[{invite->workspace, invite->id}] = *invite;
    } else if (const auto* gone = std::get_if<store::InviteGone>(&record)) {
      invites_.erase({gone->workspace, gone->id});
    } else if (const auto* request = std::get_if<store::JoinRequestRecord>(&record)) {
      waiting_[{request->workspace, request->id}] = *request;
    } else if (const auto* left = std::get_if<store::JoinRequestGone>(&record)) {
      waiting_.erase({left->workspace, left->id});
    } else if (const auto* token = std::get_if<store::TokenRevocation>(&record)) {
      tokens_[token->token] = *token;
    }
  }
}

void Village::restarts() {
  store::Directory stored;
  for (const auto& [name, setting] : settings_) stored.settings.push_back(setting);
  for (const auto& [id, one] : workspaces_) stored.workspaces.push_back(one);
  for (const auto& [key, member] : members_) stored.members.push_back(member);
  for (const auto& [key, invite] : invites_) stored.invites.push_back(invite);
  for (const auto& [key, request] : waiting_) stored.join_requests.push_back(request);
  for (const auto& [id, token] : tokens_) stored.revoked_tokens.push_back(token);
  directory.emplace(stored, limits, random);
}

PublicKey Village::device(std::string_view person) { return crypto::sha256(person); }

std::string Village::id(std::string_view person) const {
  if (const auto* member = directory->member_with(workspace, device(person))) return member->id;
  for (const auto* request : directory->waiting(workspace)) {
    if (request->device == device(person)) return request->id;
  }
  return directory->user_with(device(person), person).id;
}

Village::Link Village::invite(Role role, Directory::NewInvite wish) {
  constexpr std::int64_t kHour = 3'600'000;
  wish.workspace = workspace;
  wish.role = role;
  if (wish.expires == WallTime{}) wish.expires = {now.ms + kHour};
  auto made = directory->create_invite(wish, now);
  store(made->records);
  return {made->id, made->secret};
}

std::string Village::redeems(std::string_view person, const Link& link) {
  const auto* found = directory->find_invite(workspace, link.secret, now);
  const std::string invite = found == nullptr ? "" : found->id;
  auto joined = directory->join(workspace, invite, device(person), person, now);
  if (!joined) return joined.refusal().message;
  store(joined->records);
  return std::string(jsonrpc::name_of(joined->standing));
}

std::string Village::joins(std::string_view person, Role role) {
  redeems(person, invite(role));
  return id(person);
}

std::string Village::shows(std::string_view person) const {
  const auto* member = directory->member_with(workspace, device(person));
  return member == nullptr ? "" : member->name + " " + member->role;
}

std::string Village::everybody() const {
  std::vector<std::string> all;
  for (const auto* member : directory->members(workspace)) {
    all.push_back(member->name + " " + member->role);
  }
  std::ranges::sort(all);
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
  return text;
}

}  // namespace plait::people
