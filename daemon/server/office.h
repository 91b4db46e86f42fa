#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/token.h"
#include "daemon/people/directory.h"
#include "daemon/people/outcome.h"
#include "daemon/server/activity.h"
#include "daemon/server/audit_words.h"
#include "daemon/server/rate_limit.h"
#include "daemon/store/server_store.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/messages/connect/close_reason.h"
#include "protocol/messages/connect/invite.h"
#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/workspace.h"

namespace plait::server {

/// Who wants something: a member of the workspace that it is about, or the operator.
struct Actor {
  std::string member;  ///< empty: the operator, who may do everything
  /// What his login allows at most (a token may say less than the member's role).
  people::Role role = people::Role::Owner;

  static Actor the_operator() { return {}; }
  [[nodiscard]] bool is_operator() const noexcept { return member.empty(); }
};

/// Where passwords are hashed: it takes a tenth of a second, and the loop does not wait.
class PasswordWork {
 public:
  PasswordWork() = default;
  PasswordWork(const PasswordWork&) = delete;
  PasswordWork& operator=(const PasswordWork&) = delete;
  virtual ~PasswordWork() = default;

  /// `job` runs somewhere else, `done` afterwards on the loop's thread. Both may also run
  /// before this returns. `done` is not called any more once the work is destroyed.
  virtual void run(std::function<void()> job, std::function<void()> done) = 0;
};

/// Hears what has changed, at once: before it is on disk and before whoever asked is answered.
class OfficeListener {
 public:
  /// The role or the name is another.
  virtual void member_changed(const std::string& workspace, const std::string& member) = 0;
  /// No longer a member: his connections are to be closed.
  virtual void member_removed(const std::string& workspace, const std::string& member,
                              messages::connect::CloseReason why,
                              const std::string& reason) = 0;
  /// Still a member, but his connections are to be closed (CloseReason::Kicked).
  virtual void kicked(const std::string& workspace, const std::string& member,
                      const std::string& reason) = 0;
  /// Somebody waits for an owner, or no longer does.
  virtual void waiting_changed(const std::string& workspace) = 0;
  /// To who waited: on his connections, if he has any.
  virtual void decided(const std::string& workspace, const people::PublicKey& device,
                       bool approved) = 0;
  /// A token is refused from now on, and so are connections that came with it.
  virtual void token_revoked(const std::string& token) = 0;
  /// There is a new entry in the feed, and it is on disk.
  virtual void activity(const std::string& workspace, std::uint64_t sequence) = 0;

 protected:
  ~OfficeListener() = default;
};

// How much the office takes on. Each has a test on both sides of it.

/// Hashes that are computed at one time, and those that may wait for them.
inline constexpr std::size_t kMaxPasswordJobs = 2;
inline constexpr std::size_t kMaxWaitingPasswords = 16;
/// Invites that were refused, by address: a person mistypes, a program guesses.
inline constexpr Rate kRefusedInvites{10, std::chrono::seconds{30}};
/// Passwords that were tried, for each invite.
inline constexpr Rate kTriedPasswords{10, std::chrono::seconds{30}};
/// Passwords that were tried, by address, right or wrong: each costs a hash.
inline constexpr Rate kTriedPasswordsByAddress{10, std::chrono::seconds{10}};
/// Invites that were refused and stand in a workspace's audit log: it is not to be filled by
/// those who are outside.
inline constexpr Rate kAuditedRefusals{20, std::chrono::seconds{60}};

/// Of tokens that members ask for. Those the operator makes last as long as he says, up to
/// crypto::kMaxTokenLifetime.
inline constexpr std::chrono::seconds kTokenLifetime = std::chrono::hours{1};

/// The one place where members and invites are changed, whoever asks: a session or the
/// operator's desk.
///
/// A change holds at once, in memory and for the listener. Whoever asked is answered when it is
/// on disk; an `Unavailable` says that it is not known to be, and asking again heals that.
///
/// Answers may come before the call returns or long after it; who is to be told may be gone by
/// then, so callbacks guard themselves. Whether the actor's role allows what he wants has been
/// looked up in the protocol's table before, for the member that he is at that moment.
class Office {
 public:
  template <class T>
  using Answer = std::function<void(people::Outcome<T>)>;
  using Done = messages::connect::Done;

  /// All of them outlive the office.
  Office(people::Directory& directory, store::ServerStore& store, crypto::TokenIssuer issuer,
         PasswordWork& password_work, const Clock& clock, Random& random);
  ~Office() = default;
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  /// Null: nobody listens.
  void set_listener(OfficeListener* listener) noexcept { listener_ = listener; }
  [[nodiscard]] const people::Directory& directory() const noexcept { return directory_; }

  // --- Workspaces ---

  void create_workspace(const Actor& actor, std::string_view name,
                        const Answer<messages::connect::Workspace>& answer);

  // --- Invites ---

  void create_invite(const Actor& actor, std::string_view workspace,
                     const messages::connect::InviteCreate& wish,
                     const Answer<messages::connect::InviteCreate::Reply>& answer);
  [[nodiscard]] messages::connect::InviteList::Reply list_invites(
      std::string_view workspace) const;
  void revoke_invite(const Actor& actor, std::string_view workspace, std::string_view id,
                     const Answer<Done>& answer);

  /// Somebody who has proven his device and holds a link.
  struct Redeemer {
    people::PublicKey device{};
    std::string wanted_name;  ///< as he said it; empty: he did not
    std::string address;
  };
  void redeem(const Redeemer& redeemer, const messages::connect::InviteRedeem& wish,
              const Answer<messages::connect::InviteRedeem::Reply>& answer);

  // --- Members ---

  void set_role(const Actor& actor, std::string_view workspace, std::string_view member,
                people::Role role, const Answer<Done>& answer);
  void approve(const Actor& actor, std::string_view workspace, std::string_view user,
               bool approved, const Answer<Done>& answer);
  void kick(const Actor& actor, std::string_view workspace, std::string_view member,
            const Answer<Done>& answer);
  void revoke(const Actor& actor, std::string_view workspace, std::string_view member,
              const Answer<Done>& answer);
  /// The actor makes a member an owner and himself an editor.
  void transfer(const Actor& actor, std::string_view workspace, std::string_view member,
                const Answer<Done>& answer);
  void leave(const Actor& actor, std::string_view workspace, const Answer<Done>& answer);
  /// What a member said at his login that he wants to be called. Does nothing if he is called
  /// so already, or as near to it as can be.
  void rename(std::string_view workspace, std::string_view member, std::string_view wanted);
  /// A member's last connection has ended.
  void went_offline(std::string_view workspace, std::string_view member);

  // --- Tokens ---

  /// For the actor himself, at most in the role that he acts in.
  people::Outcome<messages::connect::TokenIssue::Reply> issue_token(
      const Actor& actor, std::string_view workspace, std::optional<people::Role> role);

  struct GuestToken {
    std::string member;
    std::string name;
    std::string token;
    std::string token_id;
    WallTime expires;
  };
  /// For a member without a device, who is made if need be.
  void issue_guest_token(const Actor& actor, std::string_view workspace, std::string_view name,
                         people::Role role, std::chrono::seconds lifetime,
                         const Answer<GuestToken>& answer);
  void revoke_token(const Actor& actor, std::string_view workspace, std::string_view token,
                    WallTime expires, const Answer<Done>& answer);

  // --- Settings ---

  void set(std::string_view name, std::string_view value, const Answer<Done>& answer);

 private:
  using RedeemAnswer = Answer<messages::connect::InviteRedeem::Reply>;
  struct PasswordJob {
    std::function<void()> job;
    std::function<void()> done;
  };

  /// A refusal if the actor is not a member any more.
  [[nodiscard]] std::optional<jsonrpc::RpcError> absent(const Actor& actor,
                                                        std::string_view workspace) const;
  /// Stores a change, and answers then. What is `undone` is a change that nobody has heard of.
  template <class T>
  void put(people::Records&& records, T reply, const Answer<T>& answer,
           std::function<void()> undo = {});
  void add_activity(std::string_view workspace, std::string_view who,
                    const ActivityWords& words);
  void add_audit(std::string_view workspace, std::string_view who, std::string_view action,
                 const AuditWords& words);

  void make_invite(const Actor& actor, const people::Directory::NewInvite& invite,
                   const Answer<messages::connect::InviteCreate::Reply>& answer);
  void refuse(const Redeemer& redeemer, const std::string& workspace,
              const RedeemAnswer& answer);
  void try_password(const Redeemer& redeemer, const messages::connect::InviteRedeem& wish,
                    const store::InviteRecord& invite, const RedeemAnswer& answer);
  void join(const Redeemer& redeemer, const std::string& workspace, std::string_view invite,
            const RedeemAnswer& answer);
  void change_role(const Actor& actor, const std::string& workspace, const std::string& member);

  /// False if too many wait already.
  bool hash(std::function<void()> job, std::function<void()> done);
  void start_hashing();

  [[nodiscard]] Result<std::string> sign(std::string_view workspace, std::string_view member,
                                         people::Role role, const std::string& id,
                                         crypto::TokenTime expires) const;
  [[nodiscard]] crypto::TokenTime time() const { return crypto::token_time(clock_.wall()); }

  people::Directory& directory_;
  store::ServerStore& store_;
  crypto::TokenIssuer issuer_;
  PasswordWork& password_work_;
  const Clock& clock_;
  Random& random_;
  OfficeListener* listener_ = nullptr;

  RateLimit refused_invites_{kRefusedInvites};
  RateLimit tried_passwords_{kTriedPasswords};
  RateLimit tried_passwords_by_address_{kTriedPasswordsByAddress};
  RateLimit audited_refusals_{kAuditedRefusals};
  std::size_t password_jobs_ = 0;
  std::deque<PasswordJob> waiting_passwords_;
  /// Gone with the office; what others call back later looks whether it is there.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace plait::server
