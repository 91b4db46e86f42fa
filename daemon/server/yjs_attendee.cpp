#include "daemon/server/yjs_attendee.h"

#include <chrono>

#include "daemon/server/client_line.h"

namespace plait::server {
namespace {

using messages::connect::CloseReason;

/// What others see of a provider in the list of participants.
constexpr std::string_view kSoftware = "yjs";

}  // namespace

YjsAttendee::YjsAttendee(LiveWorkspace& live, const people::Directory& directory,
                         Agenda& agenda, const Clock& clock, YjsSession& session)
    : live_(live), directory_(directory), session_(session), expiry_(agenda, [this] {
        session_.end(close_code(CloseReason::LoginRequired), "the token has expired");
      }) {
  const YjsVisitor& visitor = session.visitor();
  LiveWorkspace::Introduction introduction;
  introduction.member = visitor.author.name;
  introduction.client = kSoftware;
  introduction.role = visitor.token_role;
  if (const auto* member = directory.member(live.id(), visitor.author.name)) {
    introduction.role =
        people::lower_of(people::Directory::role_of(*member), visitor.token_role);
  }
  place_ = &live_.join(*this, std::move(introduction));
  const std::chrono::milliseconds left{visitor.expires.ms - clock.wall().ms};
  expiry_.set(clock.now() + left);
}

YjsAttendee::~YjsAttendee() { live_.leave(*place_); }

void YjsAttendee::member_changed() {
  const auto* member = directory_.member(live_.id(), place_->member());
  if (member == nullptr) return;
  const auto role =
      people::lower_of(people::Directory::role_of(*member), session_.visitor().token_role);
  const auto user = directory_.user(live_.id(), member->id);
  session_.change({user.id, user.name, user.color, std::string(jsonrpc::name_of(role))},
                  people::may_write(role));
  live_.set_role(*place_, role);
}

void YjsAttendee::sent_away(net::CloseCode code, std::string_view reason) {
  session_.end(code, reason);  // the end of this
}

}  // namespace plait::server
