#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/people/outcome.h"
#include "daemon/server/office.h"
#include "daemon/store/server_store.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/admin/admin.h"

namespace plait::server {

// What a server remembers for whoever makes invites, in the directory's settings.

/// "host:port" as clients reach it.
inline constexpr std::string_view kAddressSetting = "address";
/// Of a certificate that no authority vouches for; empty if one does.
inline constexpr std::string_view kFingerprintSetting = "fingerprint";

/// Where the operator asks for things: answers the messages of protocol/messages/admin. The
/// same inside of a running server and in a process of its own, over the same store. Whoever
/// reaches it may do everything.
///
/// Does no I/O. Replies may come before a call returns or long after it.
class AdminDesk {
 public:
  template <class T>
  using Answer = Office::Answer<T>;

  /// Both outlive it.
  AdminDesk(Office& office, store::ServerStore& store) : office_(office), store_(store) {}

  /// One JSON-RPC message; `reply` gets the one that answers it. False if there will be none,
  /// since it is nothing that wants an answer.
  bool receive(std::string_view body, const std::function<void(std::string)>& reply);

  /// The link for who is to own a server that has just been set up: makes a workspace if there
  /// never was one, and an invite as long as nobody has joined that one. Nothing once somebody
  /// has. The link that was made before is void.
  void invite_first_owner(const Answer<std::optional<std::string>>& answer);

 private:
  using Request = jsonrpc::Request;

  void handle(const messages::admin::CreateWorkspace& wish,
              const Answer<messages::admin::CreateWorkspace::Reply>& answer);
  void handle(const messages::admin::ListWorkspaces& wish,
              const Answer<messages::admin::ListWorkspaces::Reply>& answer);
  void handle(const messages::admin::CreateInvite& wish,
              const Answer<messages::admin::CreateInvite::Reply>& answer);
  void handle(const messages::admin::ListMembers& wish,
              const Answer<messages::admin::ListMembers::Reply>& answer);
  void handle(const messages::admin::Revoke& wish,
              const Answer<messages::admin::Revoke::Reply>& answer);
  void handle(const messages::admin::IssueToken& wish,
              const Answer<messages::admin::IssueToken::Reply>& answer);
  void handle(const messages::admin::Backup& wish,
              const Answer<messages::admin::Backup::Reply>& answer);
  void handle(const messages::admin::Verify& wish,
              const Answer<messages::admin::Verify::Reply>& answer);
  void handle(const messages::admin::Stats& wish,
              const Answer<messages::admin::Stats::Reply>& answer);

  /// Handles the request if it is an M.
  template <class M>
  bool offer(const Request& request, const std::function<void(std::string)>& reply);
  void dispatch(const Request& request, const std::function<void(std::string)>& reply);

  [[nodiscard]] people::Outcome<std::string> find_workspace(std::string_view word) const;
  [[nodiscard]] people::Outcome<messages::admin::Revoke::Reply> find_somebody(
      const std::string& workspace, const std::string& who) const;
  [[nodiscard]] messages::admin::Workspace shown(const store::WorkspaceRecord& record) const;
  [[nodiscard]] people::Outcome<std::string> link(
      const std::optional<std::string>& address, std::string_view workspace,
      const messages::connect::InviteSecret& secret) const;
  void invite_owner(const std::string& workspace,
                    const Answer<std::optional<std::string>>& answer);

  Office& office_;
  store::ServerStore& store_;
};

}  // namespace plait::server
