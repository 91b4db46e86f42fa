#pragma once

#include <functional>
#include <optional>

#include "daemon/server/caller.h"
#include "daemon/server/pace.h"
#include "daemon/server/responder.h"
#include "protocol/messages/connect/workspace.h"

namespace plait::server {

/// The way into a workspace, and what is handed out there: client ids and tokens.
class Entrance {
 public:
  /// The caller outlives it, and so does the attendee, who is the caller to the workspace.
  /// `opened` is called after the answer to `workspace/open`.
  Entrance(Caller& caller, LiveWorkspace::Attendee& attendee, std::function<void()> opened)
      : caller_(caller), attendee_(attendee), opened_(std::move(opened)) {}

  using WorkspaceList = messages::connect::WorkspaceList;
  using WorkspaceOpen = messages::connect::WorkspaceOpen;
  using ClientLease = messages::connect::ClientLease;
  using TokenIssue = messages::connect::TokenIssue;
  void handle(const WorkspaceList& question, const Responder<WorkspaceList>& responder);
  void handle(const WorkspaceOpen& wish, const Responder<WorkspaceOpen>& responder);
  void handle(const ClientLease& wish, const Responder<ClientLease>& responder);
  void handle(const TokenIssue& wish, const Responder<TokenIssue>& responder);

  /// The workspace is being opened, and what the client says has to wait for it.
  [[nodiscard]] bool is_opening() const noexcept { return is_opening_; }
  /// The workspace as the caller sees it.
  [[nodiscard]] messages::connect::Workspace shown() const;
  /// The caller's role at this moment; nothing if he is no member any more.
  [[nodiscard]] std::optional<messages::connect::Role> current_role() const;
  void leave();

 private:
  [[nodiscard]] const store::MemberRecord* member_of(const std::string& workspace) const;
  void was_opened(const Result<LiveWorkspace::Opened>& result,
                  const Responder<WorkspaceOpen>& responder);
  [[nodiscard]] WorkspaceOpen::Reply what_is_there() const;

  Caller& caller_;
  LiveWorkspace::Attendee& attendee_;
  std::function<void()> opened_;
  bool is_opening_ = false;
  std::uint64_t generation_ = 0;
  std::uint64_t feed_sequence_ = 0;  ///< when it was opened
  LeasedClients* leased_ = nullptr;
  Pace leases_;
};

}  // namespace plait::server
