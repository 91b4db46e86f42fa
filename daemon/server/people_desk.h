#pragma once

#include "daemon/server/caller.h"
#include "daemon/server/responder.h"
#include "protocol/messages/connect/invite.h"
#include "protocol/messages/connect/member.h"

namespace plait::server {

/// Hands on to the office what a client wants of members and invites.
class PeopleDesk {
 public:
  /// The caller outlives it.
  explicit PeopleDesk(Caller& caller) : caller_(caller) {}

  void handle(const messages::connect::MemberList& question,
              const Responder<messages::connect::MemberList>& responder);
  void handle(const messages::connect::MemberLeave& wish,
              const Responder<messages::connect::MemberLeave>& responder);
  void handle(const messages::connect::MemberSetRole& wish,
              const Responder<messages::connect::MemberSetRole>& responder);
  void handle(const messages::connect::MemberApprove& wish,
              const Responder<messages::connect::MemberApprove>& responder);
  void handle(const messages::connect::MemberKick& wish,
              const Responder<messages::connect::MemberKick>& responder);
  void handle(const messages::connect::MemberRevoke& wish,
              const Responder<messages::connect::MemberRevoke>& responder);
  void handle(const messages::connect::MemberTransfer& wish,
              const Responder<messages::connect::MemberTransfer>& responder);
  void handle(const messages::connect::InviteCreate& wish,
              const Responder<messages::connect::InviteCreate>& responder);
  void handle(const messages::connect::InviteList& question,
              const Responder<messages::connect::InviteList>& responder);
  void handle(const messages::connect::InviteRevoke& wish,
              const Responder<messages::connect::InviteRevoke>& responder);
  void handle(const messages::connect::InviteRedeem& wish,
              const Responder<messages::connect::InviteRedeem>& responder);

 private:
  [[nodiscard]] Office& office() const { return caller_.host.office(); }

  Caller& caller_;
};

}  // namespace plait::server
