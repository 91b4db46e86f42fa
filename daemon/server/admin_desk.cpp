#include "daemon/server/admin_desk.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/invite_link.h"
#include "protocol/base/base64.h"

namespace plait::server {

namespace admin = messages::admin;
namespace connect = messages::connect;
using jsonrpc::ErrorResponse;
using jsonrpc::RpcError;
using jsonrpc::StandardError;
using people::Directory;
using people::Outcome;
using people::Role;

namespace {

/// In the directory's settings: the workspace that was made at the first start, and the invite
/// that was printed last.
constexpr std::string_view kFirstWorkspaceSetting = "first workspace";
constexpr std::string_view kFirstInviteSetting = "first invite";
constexpr std::string_view kFirstWorkspaceName = "Workspace";

constexpr std::chrono::seconds kDefaultTokenTime = crypto::kMaxTokenLifetime;

RpcError said(connect::ConnectError code, std::string message) {
  return connect::rpc_error(code, std::move(message));
}

RpcError from_store(const Error& error) {
  return said(connect::ConnectError::Unavailable, error.message);
}

std::int64_t as_integer(std::uint64_t count) { return static_cast<std::int64_t>(count); }

std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

}  // namespace

// --- Messages ----------------------------------------------------------------------------

bool AdminDesk::receive(std::string_view body, const std::function<void(std::string)>& reply) {
  const jsonrpc::Message message = jsonrpc::parse_message(body, admin::kLimits);
  if (const auto* request = std::get_if<Request>(&message)) {
    dispatch(*request, reply);
    return true;
  }
  const auto* unreadable = std::get_if<jsonrpc::Unreadable>(&message);
  if (unreadable == nullptr || !unreadable->answerable) return false;
  reply(jsonrpc::write_message(unreadable->answer));
  return true;
}

template <class M>
bool AdminDesk::offer(const Request& request, const std::function<void(std::string)>& reply) {
  if (request.method != M::kMethod) return false;
  const auto wish = jsonrpc::read_fields<M>(request.params);
  if (!wish) {
    const RpcError error(StandardError::InvalidParams, wish.error().message);
    reply(jsonrpc::write_message(ErrorResponse{request.id, error}));
    return true;
  }
  handle(*wish, [id = request.id, reply](const Outcome<typename M::Reply>& outcome) {
    if (outcome) {
      reply(jsonrpc::write_message(jsonrpc::Response{id, jsonrpc::write_fields(*outcome)}));
    } else {
      reply(jsonrpc::write_message(ErrorResponse{id, outcome.refusal()}));
    }
  });
  return true;
}

void AdminDesk::dispatch(const Request& request,
                         const std::function<void(std::string)>& reply) {
  bool known = false;
  admin::Requests::for_each([&]<class M>() { known = known || offer<M>(request, reply); });
  if (known) return;
  const RpcError error(StandardError::MethodNotFound, "no such method");
  reply(jsonrpc::write_message(ErrorResponse{request.id, error}));
}

// --- Finding what is meant ---------------------------------------------------------------

Outcome<std::string> AdminDesk::find_workspace(std::string_view word) const {
  const Directory& directory = office_.directory();
  if (const auto* record = directory.workspace(word)) return record->id;
  std::vector<std::string> ids;
  for (const store::WorkspaceRecord* record : directory.workspaces()) {
    if (record->name == word) ids.push_back(record->id);
  }
  if (ids.size() == 1) return ids.front();
  if (ids.empty()) {
    return said(connect::ConnectError::NotFound,
                "there is no workspace " + quoted(word) + "; `workspaces` lists them");
  }
  return said(connect::ConnectError::Conflict, "several workspaces are called " + quoted(word) +
                                                   "; say the id: " + ids.front() + " or " +
                                                   ids.back());
}

Outcome<admin::Revoke::Reply> AdminDesk::find_somebody(const std::string& workspace,
                                                       const std::string& who) const {
  for (const store::InviteRecord* invite :
       office_.directory().invites(workspace, WallTime{0})) {
    if (invite->id == who) return admin::Revoke::Reply{admin::Revoked::Invite, who, who};
  }
  std::vector<admin::Revoke::Reply> found;
  for (const connect::Member& member :
       office_.directory().roster(workspace, /*and_waiting=*/true)) {
    const auto what = member.standing == connect::Standing::Waiting ? admin::Revoked::Request
                                                                    : admin::Revoked::Member;
    const admin::Revoke::Reply reply{what, member.user.id, member.user.name};
    if (member.user.id == who) return reply;
    if (member.user.name == who) found.push_back(reply);
  }
  if (found.size() == 1) return found.front();
  return said(connect::ConnectError::NotFound,
              "there is no member and no invite " + quoted(who) + "; `members` lists them");
}

admin::Workspace AdminDesk::shown(const store::WorkspaceRecord& record) const {
  const Directory& directory = office_.directory();
  return {record.id, record.name, record.created.ms,
          as_integer(directory.members(record.id).size()),
          as_integer(directory.waiting(record.id).size())};
}

Outcome<std::string> AdminDesk::link(const std::optional<std::string>& address,
                                     std::string_view workspace,
                                     const connect::InviteSecret& secret) const {
  const Directory& directory = office_.directory();
  const std::string reached =
      address ? *address : directory.setting(kAddressSetting).value_or("");
  if (reached.empty()) {
    return said(connect::ConnectError::NotFound,
                "the server has not been started yet, so nobody knows where it will be: say "
                "--host HOST:PORT");
  }
  std::string text = "plait://" + reached + "/" + std::string(workspace) + "#" +
                     to_base64url(crypto::view_of(secret.data));
  const std::string fingerprint = directory.setting(kFingerprintSetting).value_or("");
  if (!fingerprint.empty()) text += "." + fingerprint;
  // Whoever is given the link has to be able to read it.
  auto readable = crypto::InviteLink::parse(text);
  if (!readable) {
    return said(connect::ConnectError::NotFound,
                quoted(reached) + " is no HOST:PORT that a link can name");
  }
  return text;
}

// --- What can be asked -------------------------------------------------------------------

void AdminDesk::handle(const admin::CreateWorkspace& wish,
                       const Answer<admin::CreateWorkspace::Reply>& answer) {
  office_.create_workspace(
      Actor::the_operator(), wish.name, [answer](const Outcome<connect::Workspace>& made) {
        if (!made) return answer(made.refusal());
        answer(admin::CreateWorkspace::Reply{{made->id, made->name, made->created_at, 0, 0}});
      });
}

void AdminDesk::handle(const admin::ListWorkspaces& /*wish*/,
                       const Answer<admin::ListWorkspaces::Reply>& answer) {
  admin::ListWorkspaces::Reply reply;
  for (const store::WorkspaceRecord* record : office_.directory().workspaces()) {
    reply.workspaces.push_back(shown(*record));
  }
  answer(std::move(reply));
}

void AdminDesk::handle(const admin::CreateInvite& wish,
                       const Answer<admin::CreateInvite::Reply>& answer) {
  const auto workspace = find_workspace(wish.workspace);
  if (!workspace) return answer(workspace.refusal());
  // Before there is an invite whose link cannot be told.
  if (auto possible = link(wish.address, *workspace, {}); !possible) {
    return answer(possible.refusal());
  }
  connect::InviteCreate create;
  create.role = wish.role;
  create.expires_in_seconds = wish.expires_in_seconds;
  create.max_uses = wish.max_uses;
  create.approval = wish.approval;
  office_.create_invite(Actor::the_operator(), *workspace, create,
                        [this, workspace = *workspace, address = wish.address,
                         answer](const Outcome<connect::InviteCreate::Reply>& made) {
                          if (!made) return answer(made.refusal());
                          auto text = link(address, workspace, made->secret);
                          if (!text) return answer(text.refusal());
                          const auto* record = office_.directory().workspace(workspace);
                          answer(admin::CreateInvite::Reply{*text, record->name, made->invite});
                        });
}

void AdminDesk::handle(const admin::ListMembers& wish,
                       const Answer<admin::ListMembers::Reply>& answer) {
  const auto workspace = find_workspace(wish.workspace);
  if (!workspace) return answer(workspace.refusal());
  const Directory& directory = office_.directory();
  admin::ListMembers::Reply reply;
  reply.workspace = shown(*directory.workspace(*workspace));
  for (const connect::Member& one : directory.roster(*workspace, /*and_waiting=*/true)) {
    const auto* record = directory.member(*workspace, one.user.id);
    const bool device = record == nullptr || !record->devices.empty();
    reply.members.push_back(
        {one.user.id, one.user.name, one.role, one.standing, device, one.joined_at});
  }
  reply.invites = office_.list_invites(*workspace).invites;
  answer(std::move(reply));
}

void AdminDesk::handle(const admin::Revoke& wish, const Answer<admin::Revoke::Reply>& answer) {
  const auto workspace = find_workspace(wish.workspace);
  if (!workspace) return answer(workspace.refusal());
  const auto found = find_somebody(*workspace, wish.who);
  if (!found) return answer(found.refusal());
  const auto tell = [answer, reply = *found](const Outcome<connect::Done>& done) {
    if (!done) return answer(done.refusal());
    answer(reply);
  };
  const Actor actor = Actor::the_operator();
  switch (found->what) {
    case admin::Revoked::Member: return office_.revoke(actor, *workspace, found->id, tell);
    case admin::Revoked::Request:
      return office_.approve(actor, *workspace, found->id, /*approved=*/false, tell);
    case admin::Revoked::Invite:
      return office_.revoke_invite(actor, *workspace, found->id, tell);
  }
}

void AdminDesk::handle(const admin::IssueToken& wish,
                       const Answer<admin::IssueToken::Reply>& answer) {
  const auto workspace = find_workspace(wish.workspace);
  if (!workspace) return answer(workspace.refusal());
  const std::string name =
      wish.name.value_or("Guest " + std::string(jsonrpc::name_of(wish.role)));
  const std::chrono::seconds lifetime{
      wish.expires_in_seconds.value_or(kDefaultTokenTime.count())};
  office_.issue_guest_token(
      Actor::the_operator(), *workspace, name, wish.role, lifetime,
      [answer, workspace = *workspace,
       role = wish.role](const Outcome<Office::GuestToken>& made) {
        if (!made) return answer(made.refusal());
        answer(admin::IssueToken::Reply{made->token, workspace, made->member, made->name, role,
                                        made->expires.ms});
      });
}

void AdminDesk::handle(const admin::Backup& wish, const Answer<admin::Backup::Reply>& answer) {
  if (!wish.file.starts_with('/')) {
    return answer({RpcError(StandardError::InvalidParams,
                            "params.file: expected a path from "
                            "the root")});
  }
  store_.backup(wish.file, [answer, file = wish.file](const Result<void>& done) {
    if (!done) return answer(from_store(done.error()));
    answer(admin::Backup::Reply{file});
  });
}

void AdminDesk::handle(const admin::Verify& /*wish*/,
                       const Answer<admin::Verify::Reply>& answer) {
  store_.verify([answer](const Result<store::VerifyReport>& report) {
    if (!report) return answer(from_store(report.error()));
    admin::Verify::Reply reply;
    reply.documents = as_integer(report->documents);
    reply.entries = as_integer(report->entries);
    reply.blobs = as_integer(report->blobs);
    for (const auto& finding : report->findings) {
      reply.findings.push_back({finding.where, finding.what});
    }
    answer(std::move(reply));
  });
}

void AdminDesk::handle(const admin::Stats& /*wish*/,
                       const Answer<admin::Stats::Reply>& answer) {
  store_.stats([answer](const Result<store::Stats>& stats) {
    if (!stats) return answer(from_store(stats.error()));
    admin::Stats::Reply reply;
    reply.generation = std::to_string(stats->generation);
    reply.file_bytes = as_integer(stats->file_bytes);
    reply.free_bytes = as_integer(stats->free_bytes);
    reply.workspaces = as_integer(stats->workspaces);
    reply.members = as_integer(stats->members);
    reply.documents = as_integer(stats->documents);
    reply.entries = as_integer(stats->entries);
    reply.messages = as_integer(stats->messages);
    reply.blobs = as_integer(stats->blobs);
    answer(std::move(reply));
  });
}

// --- The first owner ---------------------------------------------------------------------

void AdminDesk::invite_first_owner(const Answer<std::optional<std::string>>& answer) {
  const Directory& directory = office_.directory();
  const std::string first = directory.setting(kFirstWorkspaceSetting).value_or("");
  if (directory.workspace(first) != nullptr) {
    const auto members = directory.members(first);
    const bool joined = std::ranges::any_of(
        members, [](const auto* member) { return !member->devices.empty(); });
    return joined ? answer(std::optional<std::string>()) : invite_owner(first, answer);
  }
  if (!directory.workspaces().empty()) return answer(std::optional<std::string>());
  office_.create_workspace(
      Actor::the_operator(), kFirstWorkspaceName,
      [this, answer](const Outcome<connect::Workspace>& made) {
        if (!made) return answer(made.refusal());
        office_.set(kFirstWorkspaceSetting, made->id,
                    [this, answer, id = made->id](const Outcome<connect::Done>& kept) {
                      if (!kept) return answer(kept.refusal());
                      invite_owner(id, answer);
                    });
      });
}

void AdminDesk::invite_owner(const std::string& workspace,
                             const Answer<std::optional<std::string>>& answer) {
  const std::string former = office_.directory().setting(kFirstInviteSetting).value_or("");
  if (!former.empty()) {
    office_.revoke_invite(Actor::the_operator(), workspace, former,
                          [](const Outcome<connect::Done>&) {});
  }
  connect::InviteCreate create;
  create.role = Role::Owner;
  create.max_uses = 1;
  office_.create_invite(
      Actor::the_operator(), workspace, create,
      [this, workspace, answer](const Outcome<connect::InviteCreate::Reply>& made) {
        if (!made) return answer(made.refusal());
        auto text = link(std::nullopt, workspace, made->secret);
        if (!text) return answer(text.refusal());
        office_.set(kFirstInviteSetting, made->invite.id,
                    [answer, text = *text](const Outcome<connect::Done>& kept) {
                      if (!kept) return answer(kept.refusal());
                      answer(std::optional<std::string>(text));
                    });
      });
}

}  // namespace plait::server
