#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/usable_part.h"
#include "daemon/server/limits.h"
#include "daemon/server/room.h"
#include "protocol/base/assert.h"

// What members of a room bring, and what becomes of it when it cannot be taken.

namespace plait::server {

using net::CloseCode;

/// Who may insert under which client id, as somebody's updates are judged.
class Room::Owners final : public crdt::ClientOwners {
 public:
  Owners(const Room& room, const Member& member) noexcept : room_(room), member_(member) {}

  [[nodiscard]] bool may_insert(crdt::ClientId client) const override {
    if (const LeasedClients* leased = member_.leased()) return leased->contains(client);
    if (number(client) >= store::kFirstLeasedClient) return false;
    const auto owner = room_.owners_.find(client);
    return owner == room_.owners_.end() || owner->second == member_.author();
  }

 private:
  const Room& room_;
  const Member& member_;
};

void Room::take_update(Seat& seat, std::string_view update, bool is_answer) {
  ++seat.received_;
  if (log_.unsaved_bytes() + update.size() > kMaxUnsavedBytes ||
      host_.store().queued_bytes() > kMaxStoreBytes) {
    return dismiss(seat, CloseCode::TryAgainLater, "the disk is too slow");
  }
  auto news = apply(seat, update);
  std::string part;
  if (news) {
    if (is_answer) note_lack(seat, /*lacks=*/false);
  } else if (is_answer && may_wait_for_others(seat, news.error())) {
    part = update;
    news = apply_part(seat, part);
    update = part;
  }
  if (!news) return refuse(seat, reason(seat, update, news.error(), is_answer), is_answer);
  if (is_answer) {
    seat.asked_ = false;
    seat.resyncs_ = 0;
  }
  if (!*news) return;
  if (lack_count_ > 0) {
    for (const auto& other : seats_) other->ask_again_ |= other.get() != &seat;
  }
  last_used_ = now();
  compared_ = false;
  host_.meters().updates_in.add();
  batch_.add_update(&seat, update);
  seat.contributed_ = true;
  log_.note(seat.unsaved_, update);
  if (batch_.bytes() < kMaxBatchBytes) return;
  deliver();
  save();
}

Result<bool> Room::apply(Seat& seat, std::string_view update) {
  const Member& member = seat.member_;
  constexpr std::string_view kNothing{"\0\0", 2};
  if (!member.may_write()) {
    if (update == kNothing) return false;  // what providers answer who have changed nothing
    return plait::fail(ErrorCode::Refused, "rule role: you may read here and not write");
  }
  crdt::UpdateRules rules = config_.rules;
  const Owners owners(*this, member);
  if (config_.claims_clients) rules.owners = &owners;
  rules.scan_steps_left = &seat.scans_->for_update(now());
  rules.nothing_new = !log_.has_room_for(update);
  if (!state_size_.allows(update, document_)) {
    return plait::fail(ErrorCode::LimitExceeded,
                       "rule size: the document would be larger than " +
                           std::to_string(config_.max_state_bytes) + " bytes");
  }
  auto news = document_.apply(update, rules);
  if (news && *news) state_size_.applied();
  if (!news || !*news || !config_.claims_clients || member.leased() != nullptr) return news;

  std::vector<std::uint64_t> claimed;
  for (const crdt::ClientId client : document_.newcomers()) {
    if (owners_.emplace(client, member.author()).second) claimed.push_back(number(client));
  }
  for (std::size_t i = 0; i < claimed.size(); i += store::kMaxClaims) {
    const auto from = claimed.begin() + static_cast<std::ptrdiff_t>(i);
    const std::size_t count = std::min(store::kMaxClaims, claimed.size() - i);
    ++claims_open_;
    host_.store().claim_clients(log_.key(), member.author(),
                                {from, from + static_cast<std::ptrdiff_t>(count)},
                                answered(&Room::claimed));
  }
  return news;
}

void Room::claimed(const Result<void>& result) {
  --claims_open_;
  if (state_ == State::Failed) return;
  if (!result) return not_saved();
  if (claims_open_ == 0 && state_ == State::Open) take_waiting();
}

/// Whether an answer breaks a rule only because the server has lost something: then it brings
/// what others have to bring, or builds on it.
bool Room::may_wait_for_others(const Seat& seat, const Error& error) const {
  const auto rule = crdt::rule_of(error);
  return config_.claims_clients && seat.asked_ && rule &&
         (*rule == crdt::Rule::Lease || crdt::asks_for_resync(*rule));
}

/// Takes of an answer what can be taken now, and leaves that in `answer`.
Result<bool> Room::apply_part(Seat& seat, std::string& answer) {
  const auto known = crdt::StateVector::decode(document_.state_vector());
  PLAIT_ASSERT(known.has_value(), "a state vector of our own to be readable");
  auto part = crdt::find_usable_part(answer, *known, Owners(*this, seat.member_));
  if (!part) return forward_error(part);
  answer = std::move(part->update);
  auto news = apply(seat, answer);
  if (news) note_lack(seat, !part->is_complete);
  return news;
}

/// What somebody types is all his own. If it is under an id of somebody else, nothing that is
/// sent again will help.
Error Room::reason(const Seat& seat, std::string_view update, const Error& error,
                   bool is_answer) const {
  const auto rule = crdt::rule_of(error);
  if (is_answer || !config_.claims_clients || !rule || !crdt::asks_for_resync(*rule) ||
      !crdt::brings_others(update, Owners(*this, seat.member_))) {
    return error;
  }
  return {ErrorCode::Refused, "rule lease: the client id is somebody else's"};
}

void Room::note_lack(Seat& seat, bool lacks) {
  if (lacks == seat.lacks_since_.has_value()) return;
  if (lacks) {
    seat.lacks_since_ = now();
    ++lack_count_;
  } else {
    seat.lacks_since_.reset();
    --lack_count_;
  }
  seat.ask_again_ = false;
}

/// Others have brought something since, which may be what was missing.
void Room::ask_those_who_wait() {
  for (const auto& seat : seats_) {
    if (!seat->lacks_since_ || seat->asked_ || !seat->ask_again_) continue;
    seat->ask_again_ = false;
    ask(*seat);
  }
}

void Room::refuse(Seat& seat, const Error& error, bool is_answer) {
  const auto rule = crdt::rule_of(error);
  if (!rule && error.code != ErrorCode::Refused) return fail("the document cannot be changed");
  (rule ? host_.meters().refused_by(*rule) : host_.meters().refused_by_role).add();
  if (!rule || !crdt::asks_for_resync(*rule)) {
    return seat.member_.refused(seat.received_, error, /*resync=*/false);
  }
  // While he has not answered, or waits for others, it is no wonder that something is missing.
  const bool is_no_wonder = !is_answer && (seat.asked_ || seat.lacks_since_);
  note_lack(seat, /*lacks=*/true);
  if (is_no_wonder) return;
  if (is_answer) ++seat.resyncs_;
  const bool again = seat.resyncs_ <= kMaxResyncs;
  if (again) ask(seat);
  seat.member_.refused(seat.received_, error, again);
}

/// Tells those whose text has waited for others for too long. Their members may dismiss
/// themselves.
void Room::give_up_waiting(MonotonicTime now) {
  std::vector<Seat*> late;
  for (const auto& seat : seats_) {
    if (!seat->lacks_since_ || now - *seat->lacks_since_ < kMaxWaitForOthers) continue;
    seat->lacks_since_ = now;  // to be looked at again
    if (!seat->asked_) late.push_back(seat.get());
  }
  for (Seat* seat : late) {
    host_.meters().refused_by(crdt::Rule::Dependency).add();
    seat->member_.refused(
        seat->received_,
        Error{ErrorCode::Refused, "rule dependency: what it builds on has not come back"},
        /*resync=*/false);
  }
}

}  // namespace plait::server
