#include "daemon/server/office.h"

#include <algorithm>
#include <utility>

#include "daemon/crypto/password.h"
#include "daemon/loop/socket_address.h"
#include "daemon/support/log.h"

namespace plait::server {

namespace connect = messages::connect;
using connect::ConnectError;
using jsonrpc::RpcError;
using people::Directory;
using people::Outcome;
using people::Records;
using people::Role;

namespace {

RpcError unavailable() {
  return connect::rpc_error(ConnectError::Unavailable,
                            "it could not be stored; try again later");
}

RpcError password_refused() {
  return connect::rpc_error(ConnectError::PasswordRefused,
                            "this invite wants a password, or another one");
}

RpcError too_fast(std::chrono::milliseconds wait) { return people::too_fast(wait.count()); }

RpcError invalid(std::string why) {
  return {jsonrpc::StandardError::InvalidParams, std::move(why)};
}

RpcError not_signed() {
  return {jsonrpc::StandardError::InternalError, "a token could not be signed"};
}

/// For who finds too many passwords in line.
constexpr std::chrono::seconds kBusyPause{2};

std::string role_word(Role role) { return std::string(jsonrpc::name_of(role)); }

}  // namespace

Office::Office(Directory& directory, store::ServerStore& store, crypto::TokenIssuer issuer,
               PasswordWork& password_work, const Clock& clock, Random& random)
    : directory_(directory),
      store_(store),
      issuer_(std::move(issuer)),
      password_work_(password_work),
      clock_(clock),
      random_(random) {}

std::optional<RpcError> Office::absent(const Actor& actor, std::string_view workspace) const {
  if (directory_.workspace(workspace) == nullptr) return people::not_found("workspace");
  if (actor.is_operator() || directory_.member(workspace, actor.member) != nullptr) {
    return std::nullopt;
  }
  return connect::rpc_error(ConnectError::Forbidden, "only members may do this");
}

template <class T>
void Office::put(Records&& records, T reply, const Answer<T>& answer,
                 std::function<void()> undo) {
  store_.put(std::move(records), [alive = std::weak_ptr(alive_), reply = std::move(reply),
                                  answer, undo = std::move(undo)](const Result<void>& stored) {
    if (alive.expired()) return;
    if (stored) return answer(reply);
    log::error("a change to members or invites was not stored",
               {{"why", stored.error().message}});
    if (undo) undo();
    answer(unavailable());
  });
}

void Office::add_activity(std::string_view workspace, std::string_view who,
                          const ActivityWords& words) {
  store::Activity activity;
  activity.workspace = workspace;
  activity.member = who;
  activity.time = clock_.wall();
  activity.body = write_activity(words);
  store_.add_activity(activity, [this, alive = std::weak_ptr(alive_),
                                 in = activity.workspace](const Result<std::uint64_t>& added) {
    if (alive.expired()) return;
    if (!added) {
      return log::error("the feed misses an activity", {{"why", added.error().message}});
    }
    if (listener_ != nullptr) listener_->activity(in, *added);
  });
}

void Office::add_audit(std::string_view workspace, std::string_view who,
                       std::string_view action, const AuditWords& words) {
  store::AuditEntry entry;
  entry.workspace = workspace;
  entry.time = clock_.wall();
  entry.actor = who;
  entry.action = action;
  entry.body = write_audit(words);
  store_.add_audit(std::move(entry), [](const Result<std::uint64_t>& added) {
    if (added) return;
    log::error("the audit log misses an entry", {{"why", added.error().message}});
  });
}

// --- Workspaces --------------------------------------------------------------------------

void Office::create_workspace(const Actor& actor, std::string_view name,
                              const Answer<connect::Workspace>& answer) {
  auto made = directory_.create_workspace(name, clock_.wall());
  if (!made) return answer(made.refusal());
  const store::WorkspaceRecord& record = *directory_.workspace(made->id);
  connect::Workspace shown{record.id, record.name, Role::Owner, record.created.ms};
  put<connect::Workspace>(std::move(made->records), std::move(shown), answer,
                          [this, id = made->id] { directory_.forget_workspace(id); });
  add_audit(made->id, actor.member, "workspaceCreated", {{}, std::string(name)});
}

void Office::set(std::string_view name, std::string_view value, const Answer<Done>& answer) {
  put<Done>(directory_.set(name, value), {}, answer);
}

// --- Making invites ----------------------------------------------------------------------

void Office::create_invite(const Actor& actor, std::string_view workspace,
                           const connect::InviteCreate& wish,
                           const Answer<connect::InviteCreate::Reply>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  Directory::NewInvite invite;
  invite.workspace = workspace;
  invite.role = wish.role;
  invite.created_by = actor.member;
  const std::int64_t seconds = wish.expires_in_seconds.value_or(connect::kDefaultInviteSeconds);
  invite.expires = {clock_.wall().ms + seconds * 1000};
  if (wish.max_uses) invite.uses = static_cast<std::uint32_t>(*wish.max_uses);
  invite.needs_approval = wish.approval.value_or(false);
  if (!wish.password) return make_invite(actor, invite, answer);

  struct Hashing {
    std::string password;
    Result<std::string> hash = std::string();
  };
  auto hashing = std::make_shared<Hashing>();  // shared by the job and what comes after it
  hashing->password = *wish.password;
  const bool taken = hash(
      [hashing, salt = crypto::make_password_salt(random_)] {
        hashing->hash = crypto::hash_password(hashing->password, salt);
      },
      [this, hashing, actor, invite, answer]() mutable {
        if (!hashing->hash) {
          return answer(invalid(hashing->hash.error().message));
        }
        invite.password_hash = *hashing->hash;
        if (auto refusal = absent(actor, invite.workspace)) {
          return answer(*std::move(refusal));
        }
        make_invite(actor, invite, answer);
      });
  if (!taken) answer(too_fast(kBusyPause));
}

void Office::make_invite(const Actor& actor, const Directory::NewInvite& invite,
                         const Answer<connect::InviteCreate::Reply>& answer) {
  const WallTime now = clock_.wall();
  auto made = directory_.create_invite(invite, now);
  if (!made) return answer(made.refusal());
  connect::InviteCreate::Reply reply;
  for (const store::InviteRecord* good : directory_.invites(invite.workspace, now)) {
    if (good->id == made->id) reply.invite = directory_.shown(*good);
  }
  reply.secret = made->secret;
  put<connect::InviteCreate::Reply>(std::move(made->records), std::move(reply), answer,
                                    [this, workspace = invite.workspace, id = made->id] {
                                      directory_.forget_invite(
                                          workspace, id);  // its secret was told to nobody
                                    });
  add_audit(invite.workspace, actor.member, "inviteCreated",
            {{}, made->id + " as " + role_word(invite.role)});
}

connect::InviteList::Reply Office::list_invites(std::string_view workspace) const {
  connect::InviteList::Reply reply;
  for (const store::InviteRecord* invite : directory_.invites(workspace, clock_.wall())) {
    reply.invites.push_back(directory_.shown(*invite));
  }
  return reply;
}

void Office::revoke_invite(const Actor& actor, std::string_view workspace, std::string_view id,
                           const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto records = directory_.revoke_invite(workspace, id);
  if (!records) return answer(records.refusal());
  put<Done>(*std::move(records), {}, answer);
  add_audit(workspace, actor.member, "inviteRevoked", {{}, std::string(id)});
}

// --- Passwords ---------------------------------------------------------------------------

bool Office::hash(std::function<void()> job, std::function<void()> done) {
  if (waiting_passwords_.size() >= kMaxWaitingPasswords) return false;
  waiting_passwords_.push_back({std::move(job), std::move(done)});
  start_hashing();
  return true;
}

void Office::start_hashing() {
  while (password_jobs_ < kMaxPasswordJobs && !waiting_passwords_.empty()) {
    PasswordJob next = std::move(waiting_passwords_.front());
    waiting_passwords_.pop_front();
    ++password_jobs_;
    password_work_.run(std::move(next.job),
                       [this, alive = std::weak_ptr(alive_), done = std::move(next.done)] {
                         if (alive.expired()) return;
                         --password_jobs_;
                         done();
                         start_hashing();
                       });
  }
}

// --- Redeeming them ----------------------------------------------------------------------

void Office::redeem(const Redeemer& redeemer, const connect::InviteRedeem& wish,
                    const RedeemAnswer& answer) {
  if (directory_.standing(wish.workspace_id, redeemer.device)) {
    return join(redeemer, wish.workspace_id, {}, answer);
  }
  const auto wait = refused_invites_.wait(loop::network_of(redeemer.address), clock_.now());
  if (wait.count() > 0) return answer(too_fast(wait));
  const store::InviteRecord* invite =
      directory_.find_invite(wish.workspace_id, wish.secret, clock_.wall());
  if (invite == nullptr) return refuse(redeemer, wish.workspace_id, answer);
  if (invite->password_hash.empty()) {
    return join(redeemer, wish.workspace_id, std::string(invite->id), answer);
  }
  if (!wish.password) return answer(password_refused());
  try_password(redeemer, wish, *invite, answer);
}

void Office::refuse(const Redeemer& redeemer, const std::string& workspace,
                    const RedeemAnswer& answer) {
  const MonotonicTime now = clock_.now();
  refused_invites_.count(loop::network_of(redeemer.address), now);
  if (directory_.workspace(workspace) != nullptr &&
      audited_refusals_.take(workspace, now).count() == 0) {
    add_audit(workspace, {}, "inviteRefused", {{}, "to " + redeemer.address});
  }
  answer(people::invite_refused());
}

void Office::try_password(const Redeemer& redeemer, const connect::InviteRedeem& wish,
                          const store::InviteRecord& invite, const RedeemAnswer& answer) {
  const MonotonicTime now = clock_.now();
  const std::string network = loop::network_of(redeemer.address);
  const auto wait = std::max(tried_passwords_.wait(invite.id, now),
                             tried_passwords_by_address_.wait(network, now));
  if (wait.count() > 0) return answer(too_fast(wait));

  struct Checking {
    std::string password;
    std::string hash;
    bool right = false;
  };
  auto checking = std::make_shared<Checking>();  // shared by the job and what comes after it
  checking->password = *wish.password;
  checking->hash = invite.password_hash;
  const bool taken = hash(
      [checking] {
        const auto right = crypto::check_password(checking->password, checking->hash);
        checking->right = right && *right;
      },
      [this, checking, redeemer, workspace = wish.workspace_id, secret = wish.secret, answer] {
        if (!checking->right) return answer(password_refused());
        // Meanwhile it may have been revoked or used up.
        const auto* again = directory_.find_invite(workspace, secret, clock_.wall());
        if (again == nullptr) return refuse(redeemer, workspace, answer);
        join(redeemer, workspace, std::string(again->id), answer);
      });
  if (!taken) return answer(too_fast(kBusyPause));
  tried_passwords_.count(invite.id, now);
  tried_passwords_by_address_.count(network, now);
}

void Office::join(const Redeemer& redeemer, const std::string& workspace,
                  std::string_view invite, const RedeemAnswer& answer) {
  auto joined =
      directory_.join(workspace, invite, redeemer.device, redeemer.wanted_name, clock_.wall());
  if (!joined) return answer(joined.refusal());
  connect::InviteRedeem::Reply reply;
  reply.standing = joined->standing;
  if (const auto* member = directory_.member(workspace, joined->id)) {
    const store::WorkspaceRecord& record = *directory_.workspace(workspace);
    reply.workspace = connect::Workspace{record.id, record.name, Directory::role_of(*member),
                                         record.created.ms};
  }
  put<connect::InviteRedeem::Reply>(std::move(joined->records), reply, answer);
  if (!joined->is_new) return;
  if (joined->standing == connect::Standing::Member) {
    add_activity(workspace, joined->id, {.kind = "joined"});
    add_audit(workspace, joined->id, "joined",
              {joined->id, "by invite " + std::string(invite)});
  } else {
    add_audit(workspace, joined->id, "asked", {joined->id, "by invite " + std::string(invite)});
    if (listener_ != nullptr) listener_->waiting_changed(workspace);
  }
}

// --- Members -----------------------------------------------------------------------------

/// Says what a member's role has become.
void Office::change_role(const Actor& actor, const std::string& workspace,
                         const std::string& member) {
  const Role role = Directory::role_of(*directory_.member(workspace, member));
  add_activity(workspace, actor.member, {.kind = "roleChanged", .user = member, .role = role});
  add_audit(workspace, actor.member, "roleChanged", {member, "to " + role_word(role)});
  if (listener_ != nullptr) listener_->member_changed(workspace, member);
}

void Office::set_role(const Actor& actor, std::string_view workspace, std::string_view member,
                      Role role, const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto change = directory_.set_role(workspace, member, role);
  if (!change) return answer(change.refusal());
  put<Done>(std::move(change->records), {}, answer);
  if (change->changed) change_role(actor, std::string(workspace), std::string(member));
}

void Office::approve(const Actor& actor, std::string_view workspace, std::string_view user,
                     bool approved, const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto decided = directory_.approve(workspace, user, approved, clock_.wall());
  if (!decided) return answer(decided.refusal());
  put<Done>(std::move(decided->records), {}, answer);
  if (!decided->changed) return;
  const std::string in(workspace);
  const std::string who(user);
  if (approved) add_activity(in, who, {.kind = "joined"});
  add_audit(in, actor.member, approved ? "approved" : "turnedAway", {who, {}});
  if (listener_ == nullptr) return;
  listener_->waiting_changed(in);
  listener_->decided(in, decided->device, approved);
}

void Office::kick(const Actor& actor, std::string_view workspace, std::string_view member,
                  const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  const auto* target = directory_.member(workspace, member);
  if (target == nullptr) return answer(people::not_found("user"));
  const std::string in(workspace);
  const std::string who(member);
  add_audit(in, actor.member, "kicked", {who, {}});
  answer(Done{});
  if (listener_ != nullptr) listener_->kicked(in, who, "an owner closed this connection");
}

void Office::revoke(const Actor& actor, std::string_view workspace, std::string_view member,
                    const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto change = directory_.revoke(workspace, member);
  if (!change) return answer(change.refusal());
  put<Done>(std::move(change->records), {}, answer);
  if (!change->changed) return;
  const std::string in(workspace);
  const std::string who(member);
  add_activity(in, actor.member, {.kind = "removed", .user = who});
  add_audit(in, actor.member, "removed", {who, {}});
  if (listener_ == nullptr) return;
  listener_->member_removed(in, who, connect::CloseReason::Removed,
                            "you are no longer a member");
}

void Office::transfer(const Actor& actor, std::string_view workspace, std::string_view member,
                      const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto change = directory_.transfer(workspace, actor.member, member);
  if (!change) return answer(change.refusal());
  put<Done>(std::move(change->records), {}, answer);
  const std::string in(workspace);
  change_role(actor, in, std::string(member));
  change_role(actor, in, actor.member);
}

void Office::leave(const Actor& actor, std::string_view workspace, const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  auto change = directory_.leave(workspace, actor.member);
  if (!change) return answer(change.refusal());
  const std::string in(workspace);
  // The answer comes first, since the connection that it goes to is closed too.
  put<Done>(std::move(change->records), {},
            [this, in, who = actor.member, answer](const Outcome<Done>& outcome) {
              answer(outcome);
              if (listener_ == nullptr) return;
              listener_->member_removed(in, who, connect::CloseReason::Removed, "you left");
            });
  add_activity(in, actor.member, {.kind = "left"});
  add_audit(in, actor.member, "left", {actor.member, {}});
}

void Office::rename(std::string_view workspace, std::string_view member,
                    std::string_view wanted) {
  auto change = directory_.rename(workspace, member, wanted);
  if (!change || !change->changed) return;
  put<Done>(std::move(change->records), {}, [](const Outcome<Done>&) {});
  if (listener_ != nullptr) {
    listener_->member_changed(std::string(workspace), std::string(member));
  }
}

void Office::went_offline(std::string_view workspace, std::string_view member) {
  put<Done>(directory_.went_offline(workspace, member, clock_.wall()), {},
            [](const Outcome<Done>&) {});
}

// --- Tokens ------------------------------------------------------------------------------

Result<std::string> Office::sign(std::string_view workspace, std::string_view member, Role role,
                                 const std::string& id, crypto::TokenTime expires) const {
  return issuer_.issue({.user = std::string(member),
                        .workspace = std::string(workspace),
                        .role = role_word(role),
                        .id = id,
                        .not_before = time(),
                        .expires = expires});
}

Outcome<connect::TokenIssue::Reply> Office::issue_token(const Actor& actor,
                                                        std::string_view workspace,
                                                        std::optional<Role> role) {
  const auto* member = directory_.member(workspace, actor.member);
  if (member == nullptr) return people::not_found("user");
  const Role most = people::lower_of(actor.role, Directory::role_of(*member));
  const crypto::TokenTime expires = time() + kTokenLifetime;
  auto token = sign(workspace, actor.member, people::lower_of(most, role.value_or(most)),
                    crypto::make_token_id(random_), expires);
  if (!token) return not_signed();
  return connect::TokenIssue::Reply{
      *std::move(token), std::chrono::milliseconds(expires.time_since_epoch()).count()};
}

void Office::issue_guest_token(const Actor& actor, std::string_view workspace,
                               std::string_view name, Role role, std::chrono::seconds lifetime,
                               const Answer<GuestToken>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  if (lifetime < std::chrono::seconds{1} || lifetime > crypto::kMaxTokenLifetime) {
    return answer(invalid("a token lasts at least a second and at most 24 hours"));
  }
  auto guest = directory_.guest(workspace, name, role, clock_.wall());
  if (!guest) return answer(guest.refusal());
  const std::string in(workspace);
  const crypto::TokenTime expires = time() + lifetime;
  GuestToken made;
  made.member = guest->id;
  made.name = directory_.user(in, guest->id).name;
  made.token_id = crypto::make_token_id(random_);
  made.expires = {std::chrono::milliseconds(expires.time_since_epoch()).count()};
  auto token = sign(in, guest->id, role, made.token_id, expires);
  if (!token) return answer(not_signed());
  made.token = *std::move(token);
  put<GuestToken>(std::move(guest->records), made, answer);
  if (guest->is_new) add_activity(in, guest->id, {.kind = "joined"});
  add_audit(in, actor.member, "tokenIssued",
            {guest->id, made.token_id + " as " + role_word(role)});
  if (listener_ != nullptr && !guest->is_new) listener_->member_changed(in, guest->id);
}

void Office::revoke_token(const Actor& actor, std::string_view workspace,
                          std::string_view token, WallTime expires,
                          const Answer<Done>& answer) {
  if (auto refusal = absent(actor, workspace)) return answer(*std::move(refusal));
  put<Done>(directory_.revoke_token(token, expires, clock_.wall()), {}, answer);
  add_audit(workspace, actor.member, "tokenRevoked", {{}, std::string(token)});
  if (listener_ != nullptr) listener_->token_revoked(std::string(token));
}

}  // namespace plait::server
