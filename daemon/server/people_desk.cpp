#include "daemon/server/people_desk.h"

#include <utility>

#include "protocol/messages/connect/errors.h"

namespace plait::server {

using namespace messages::connect;

void PeopleDesk::handle(const MemberList& /*question*/,
                        const Responder<MemberList>& responder) {
  MemberList::Reply reply;
  reply.members = caller_.directory().roster(caller_.workspace, caller_.role == Role::Owner);
  for (messages::connect::Member& member : reply.members) {
    member.online = caller_.live->is_online(member.user.id);
    if (member.online) member.last_seen_at.reset();
  }
  responder.answer(reply);
}

void PeopleDesk::handle(const MemberLeave& /*wish*/, const Responder<MemberLeave>& responder) {
  office().leave(caller_.actor(), caller_.workspace, responder);
}

void PeopleDesk::handle(const MemberSetRole& wish, const Responder<MemberSetRole>& responder) {
  office().set_role(caller_.actor(), caller_.workspace, wish.user_id, wish.role, responder);
}

void PeopleDesk::handle(const MemberApprove& wish, const Responder<MemberApprove>& responder) {
  office().approve(caller_.actor(), caller_.workspace, wish.user_id, wish.approve, responder);
}

void PeopleDesk::handle(const MemberKick& wish, const Responder<MemberKick>& responder) {
  office().kick(caller_.actor(), caller_.workspace, wish.user_id, responder);
}

void PeopleDesk::handle(const MemberRevoke& wish, const Responder<MemberRevoke>& responder) {
  office().revoke(caller_.actor(), caller_.workspace, wish.user_id, responder);
}

void PeopleDesk::handle(const MemberTransfer& wish,
                        const Responder<MemberTransfer>& responder) {
  office().transfer(caller_.actor(), caller_.workspace, wish.user_id, responder);
}

void PeopleDesk::handle(const InviteCreate& wish, const Responder<InviteCreate>& responder) {
  office().create_invite(caller_.actor(), caller_.workspace, wish, responder);
}

void PeopleDesk::handle(const InviteList& /*question*/,
                        const Responder<InviteList>& responder) {
  responder.answer(office().list_invites(caller_.workspace));
}

void PeopleDesk::handle(const InviteRevoke& wish, const Responder<InviteRevoke>& responder) {
  office().revoke_invite(caller_.actor(), caller_.workspace, wish.invite_id, responder);
}

void PeopleDesk::handle(const InviteRedeem& wish, const Responder<InviteRedeem>& responder) {
  if (!caller_.device) {
    return responder.refuse(rpc_error(ConnectError::InviteRefused,
                                      "an invite is for a device, and you came with a token"));
  }
  office().redeem({*caller_.device, caller_.wanted_name, caller_.address}, wish, responder);
}

}  // namespace plait::server
