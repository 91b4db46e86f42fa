#include "daemon/server/entrance.h"

#include <utility>

#include "daemon/server/limits.h"
#include "protocol/messages/connect/errors.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using connect::ConnectError;
using connect::Phase;

}  // namespace

/// The caller as a member of a workspace; null if he is none.
const store::MemberRecord* Entrance::member_of(const std::string& workspace) const {
  const people::Directory& directory = caller_.directory();
  if (!caller_.token) return directory.member_with(workspace, *caller_.device);
  if (caller_.token->workspace != workspace) return nullptr;
  return directory.member(workspace, caller_.token->member);
}

std::optional<connect::Role> Entrance::current_role() const {
  const store::MemberRecord* member =
      caller_.directory().member(caller_.workspace, caller_.member);
  if (member == nullptr) return std::nullopt;
  const connect::Role role = people::Directory::role_of(*member);
  return caller_.token ? people::lower_of(role, caller_.token->role) : role;
}

connect::Workspace Entrance::shown() const {
  connect::Workspace shown;
  shown.id = caller_.workspace;
  shown.role = caller_.role;
  if (const auto* workspace = caller_.directory().workspace(caller_.workspace)) {
    shown.name = workspace->name;
    shown.created_at = workspace->created.ms;
  }
  return shown;
}

void Entrance::handle(const WorkspaceList& /*question*/,
                      const Responder<WorkspaceList>& responder) {
  if (!caller_.token) {
    return responder.answer({caller_.directory().workspaces_with(*caller_.device)});
  }
  WorkspaceList::Reply reply;
  const auto& login = *caller_.token;
  const store::MemberRecord* member = member_of(login.workspace);
  const auto* workspace = caller_.directory().workspace(login.workspace);
  if (member != nullptr && workspace != nullptr) {
    const auto role = people::lower_of(people::Directory::role_of(*member), login.role);
    reply.workspaces.push_back({workspace->id, workspace->name, role, workspace->created.ms});
  }
  responder.answer(reply);
}

void Entrance::handle(const WorkspaceOpen& wish, const Responder<WorkspaceOpen>& responder) {
  if (caller_.phase == Phase::InWorkspace) {
    if (wish.workspace_id == caller_.workspace) return responder.answer(what_is_there());
    return responder.refuse(
        people::conflict("a connection is about one workspace, the one it opened first"));
  }
  const store::MemberRecord* member = member_of(wish.workspace_id);
  // Whether there is one is nobody's business who is not a member.
  if (member == nullptr) return responder.refuse(people::not_found("workspace"));
  caller_.workspace = wish.workspace_id;
  caller_.member = member->id;
  if (!caller_.wanted_name.empty()) {
    caller_.host.office().rename(caller_.workspace, caller_.member, caller_.wanted_name);
  }
  caller_.role = *current_role();
  caller_.phase = Phase::InWorkspace;
  caller_.live = &caller_.host.live(caller_.workspace);
  caller_.place = &caller_.live->join(
      attendee_, {caller_.member, caller_.client, caller_.role, caller_.device_bytes(),
                  caller_.uses.presence, caller_.uses.feed, caller_.uses.touched});
  is_opening_ = true;
  caller_.live->open(*caller_.place,
                     [this, responder](const auto& opened) { was_opened(opened, responder); });
}

void Entrance::was_opened(const Result<LiveWorkspace::Opened>& result,
                          const Responder<WorkspaceOpen>& responder) {
  is_opening_ = false;
  if (result) {
    generation_ = result->generation;
    feed_sequence_ = result->feed_sequence;
    leased_ = result->leased;
    caller_.leased = leased_;
    responder.answer(what_is_there());
  } else {
    leave();
    caller_.phase = Phase::LoggedIn;
    responder.refuse(result.error());
  }
  opened_();
}

Entrance::WorkspaceOpen::Reply Entrance::what_is_there() const {
  WorkspaceOpen::Reply reply;
  reply.workspace = shown();
  reply.generation = std::to_string(generation_);
  reply.participant_id = caller_.place->participant_id();
  reply.feed_seq = static_cast<std::int64_t>(feed_sequence_);
  reply.participants = caller_.live->participants();
  reply.cursors = caller_.live->cursors();
  return reply;
}

void Entrance::leave() {
  if (caller_.place == nullptr) return;
  caller_.live->leave(*std::exchange(caller_.place, nullptr));
  caller_.leased = nullptr;
  leased_ = nullptr;
}

void Entrance::handle(const ClientLease& wish, const Responder<ClientLease>& responder) {
  if (!may_go_on(leases_, kLeases, caller_.host.clock().now(), responder)) return;
  store::LeaseRequest request;
  request.workspace = caller_.workspace;
  request.member = caller_.member;
  request.device = caller_.device_bytes();
  request.count = static_cast<std::uint32_t>(wish.count);
  request.replica = wish.replica_id;
  caller_.host.store().lease_clients(
      request, caller_.while_here([this, responder](const Result<store::ClientLease>& lease) {
        if (!lease) return responder.refuse(lease.error());
        if (leased_ != nullptr) leased_->add(*lease);
        ClientLease::Reply reply;
        for (std::uint32_t i = 0; i < lease->count; ++i) {
          reply.client_ids.push_back(static_cast<std::int64_t>(lease->first + i));
        }
        responder.answer(reply);
      }));
}

void Entrance::handle(const TokenIssue& wish, const Responder<TokenIssue>& responder) {
  responder(caller_.host.office().issue_token(caller_.actor(), caller_.workspace, wish.role));
}

}  // namespace plait::server
