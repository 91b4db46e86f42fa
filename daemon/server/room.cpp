#include "daemon/server/room.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/usable_part.h"
#include "daemon/crypto/digest.h"
#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::server {
namespace {

using net::CloseCode;

void append_varbytes(std::string& out, std::string_view bytes) {
  std::array<char, kMaxVarUintSize> digits{};
  out.append(digits.data(), put_varuint_at(digits.data(), bytes.size())).append(bytes);
}

}  // namespace

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

template <class T>
store::Answer<T> Room::answered(void (Room::*then)(const Result<T>&)) {
  return [self = std::weak_ptr<Room*>(self_), then](const Result<T>& result) {
    if (const auto room = self.lock()) ((*room)->*then)(result);
  };
}

Room::Room(Host& host, Config config)
    : host_(host),
      config_(std::move(config)),
      self_(std::make_shared<Room*>(this)),
      state_size_(config_.max_state_bytes),
      last_used_(host.clock().now()),
      empty_since_(last_used_) {
  host_.store().open_document(config_.workspace, config_.name, answered(&Room::loaded));
}

Room::~Room() { PLAIT_ASSERT(seats_.empty(), "a room to be left before it goes"); }

void Room::loaded(const Result<store::LoadedDocument>& result) {
  if (state_ != State::Loading) return;
  if (!result) return fail("the document cannot be loaded");
  auto document = document::ServedDocument::load(result->snapshot, result->tail);
  if (!document) return fail("the document cannot be read");
  document_ = *std::move(document);
  key_ = result->key;
  last_sequence_ = result->last_sequence;
  snapshot_bytes_ = result->snapshot.size();
  log_rows_ = result->tail.size();
  for (const std::string& entry : result->tail) log_bytes_ += entry.size();
  state_size_.start(snapshot_bytes_, log_bytes_);
  for (const store::ClientClaim& claim : result->clients) {
    owners_.emplace(crdt::ClientId{claim.client}, claim.author);
  }
  state_ = State::Open;
  last_used_ = now();
  for (const auto& seat : seats_) {
    if (seat->member_.dialect() == Member::Dialect::Yjs) ask(*seat);
  }
  take_waiting();
}

void Room::take_waiting() {
  waiting_bytes_ = 0;
  for (const Waiting& message : std::exchange(waiting_, {})) {
    // Whoever was dismissed by something before it is gone.
    const auto here = std::find_if(seats_.begin(), seats_.end(), [&](const auto& seat) {
      return seat.get() == message.seat;
    });
    if (here != seats_.end()) handle(**here, message.what, message.payload);
    if (state_ != State::Open) return;
  }
  touch();
}

// Who is here ---------------------------------------------------------------------------------

Room::Seat& Room::join(Member& member) {
  Seat& seat = *seats_.emplace_back(std::make_unique<Seat>(member));
  share_budget(seat);
  if (state_ == State::Open && member.dialect() == Member::Dialect::Yjs) ask(seat);
  touch();
  return seat;
}

/// Somebody who opens many connections has no more for it.
void Room::share_budget(Seat& seat) {
  const auto same = std::find_if(seats_.begin(), seats_.end(), [&](const auto& other) {
    return other.get() != &seat && other->member_.author() == seat.member_.author();
  });
  seat.scans_ = same == seats_.end() ? std::make_shared<ScanBudget>() : (*same)->scans_;
}

void Room::leave(Seat& seat) {
  append(seat);
  remove(seat);
}

void Room::remove(Seat& seat) {
  presence_.remove(&seat);
  if (seat.behind_) --behind_count_;
  note_lack(seat, /*lacks=*/false);
  batch_.forget(&seat);
  std::erase_if(waiting_, [&](const Waiting& message) {
    if (message.seat != &seat) return false;
    waiting_bytes_ -= message.payload.size() + kWaitingMessageBytes;
    return true;
  });
  std::erase_if(promises_, [&](const Promise& promise) { return promise.seat == &seat; });
  std::erase_if(seats_, [&](const auto& other) { return other.get() == &seat; });
  if (seats_.empty()) empty_since_ = now();
  touch();
}

void Room::dismiss(Seat& seat, CloseCode code, std::string_view reason) {
  Member& member = seat.member_;
  leave(seat);
  member.dismissed(code, reason);
}

void Room::dismiss_everybody(CloseCode code, std::string_view reason) {
  while (!seats_.empty()) {
    Member& member = seats_.back()->member_;
    remove(*seats_.back());
    member.dismissed(code, reason);
  }
}

void Room::fail(std::string_view reason) {
  state_ = State::Failed;
  batch_.clear();
  dismiss_everybody(CloseCode::InternalError, reason);
  touch();
}

void Room::drain() {
  if (state_ == State::Failed) return;
  end_of_turn();
  state_ = State::Draining;
  go_if_drained();
}

void Room::go_if_drained() {
  if (state_ != State::Draining || has_open_requests()) return;
  dismiss_everybody(CloseCode::GoingAway, "the server is going away");
}

bool Room::is_done() const noexcept {
  if (!seats_.empty()) return false;
  if (state_ == State::Failed) return true;
  return !has_open_requests() &&
         (state_ == State::Draining || now() - empty_since_ >= kForgetAfter);
}

void Room::touch() {
  if (std::exchange(touched_, true)) return;
  host_.touched(*this);
}

std::optional<wire::Channel> Room::channel_for(const Seat& seat) const noexcept {
  switch (seat.member_.dialect()) {
    case Member::Dialect::Yjs: return std::nullopt;
    case Member::Dialect::Plait: return config_.channel;
  }
  return std::nullopt;
}

// What members say ----------------------------------------------------------------------------

void Room::receive(Seat& seat, Say what, std::string_view payload) {
  switch (state_) {
    case State::Loading: return postpone(seat, what, payload);
    case State::Open: return handle(seat, what, payload);
    case State::Draining:
    case State::Failed: return;
  }
}

void Room::postpone(Seat& seat, Say what, std::string_view payload) {
  if (waiting_bytes_ + payload.size() + kWaitingMessageBytes > kMaxWaitingBytes) {
    return dismiss(seat, CloseCode::TryAgainLater, "the document is being loaded");
  }
  waiting_bytes_ += payload.size() + kWaitingMessageBytes;
  waiting_.push_back({&seat, what, std::string(payload)});
}

void Room::handle(Seat& seat, Say what, std::string_view payload) {
  touch();
  if (what == Say::Vector && claims_open_ > 0) return postpone(seat, what, payload);
  const bool asks = what == Say::Vector || what == Say::PresenceQuery;
  if (asks && seat.questions_.take(kQuestionRate, now()) > kQuestionRate.pause.zero()) {
    return dismiss(seat, CloseCode::PolicyViolation, "too many questions");
  }
  switch (what) {
    case Say::Vector: return answer(seat, payload);
    case Say::Answer: return take_update(seat, payload, /*is_answer=*/true);
    case Say::Update: return take_update(seat, payload, /*is_answer=*/false);
    case Say::Presence: return take_presence(seat, payload);
    case Say::PresenceQuery: return send_presence(seat);
  }
}

/// Asks for what the server lacks.
void Room::ask(Seat& seat) {
  std::string frame;
  const std::string vector = document_.state_vector();
  append_message(frame, channel_for(seat), wire::SyncStep1{vector});
  seat.member_.peer().send(frame);
  seat.asked_ = true;
}

void Room::answer(Seat& seat, std::string_view vector) {
  const auto known = crdt::StateVector::decode(vector);
  if (!known) return dismiss(seat, CloseCode::PolicyViolation, "this is no state vector");
  if (seat.behind_) return;  // all he lacks is on its way to him anyway
  std::string frames;
  if (known->empty()) {
    const auto whole = document_.whole();
    if (!whole) return fail("out of memory");
    const bool in_two = !whole->since.empty();
    if (in_two) append_message(frames, channel_for(seat), wire::SyncUpdate{whole->base});
    append_message(frames, channel_for(seat),
                   wire::SyncStep2{in_two ? whole->since : whole->base});
  } else {
    const auto missing = document_.missing_from(*known);
    if (!missing) return fail("out of memory");
    append_message(frames, channel_for(seat), wire::SyncStep2{*missing});
  }
  const bool is_new = !std::exchange(seat.follows_, true);
  net::Peer& peer = seat.member_.peer();
  if (peer.queued_bytes() + frames.size() > net::kBacklogBytes) {
    owe(seat, std::string(vector));
    drained(seat);
    if (is_new && seat.member_.dialect() == Member::Dialect::Plait) welcome(seat);
    return;
  }
  peer.send(frames);
  if (is_new) welcome(seat);
}

/// He has heard for the first time what there is.
void Room::welcome(Seat& seat) {
  switch (seat.member_.dialect()) {
    case Member::Dialect::Yjs: return send_presence(seat);
    case Member::Dialect::Plait:
      if (seat.member_.may_write()) ask(seat);
      return;
  }
}

void Room::take_update(Seat& seat, std::string_view update, bool is_answer) {
  ++seat.received_;
  if (unsaved_bytes_ + update.size() > kMaxUnsavedBytes ||
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
  const std::size_t before = seat.unsaved_.size();
  append_varbytes(seat.unsaved_, update);
  unsaved_bytes_ += seat.unsaved_.size() - before;
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
    host_.store().claim_clients(key_, member.author(),
                                {from, from + static_cast<std::ptrdiff_t>(count)},
                                answered(&Room::claimed));
  }
  return news;
}

void Room::claimed(const Result<void>& result) {
  --claims_open_;
  if (state_ == State::Failed) return;
  if (!result) return fail("the document cannot be saved");
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

void Room::take_presence(Seat& seat, std::string_view update) {
  const auto taken = presence_.take(update, &seat, seat.member_.identity(), now());
  if (!taken) dismiss(seat, CloseCode::PolicyViolation, taken.error().message);
}

// What members get ----------------------------------------------------------------------------

void Room::end_of_turn() {
  touched_ = false;
  if (state_ != State::Open) return;
  if (lack_count_ > 0) ask_those_who_wait();
  deliver();
  save();
}

void Room::deliver() {
  if (claims_open_ > 0) return;
  const std::string presence = presence_.take_changes(now());
  if (!presence.empty()) batch_.add_presence(presence);
  if (!batch_.empty()) {
    std::optional<Batch::Frames> plain;
    std::optional<Batch::Frames> channelled;
    for (const auto& seat : seats_) {
      const bool is_plain = seat->member_.dialect() == Member::Dialect::Yjs;
      auto& frames = is_plain ? plain : channelled;
      if (!frames) frames = batch_.frames(channel_for(*seat));
      deliver_to(*seat, *frames);
    }
    host_.meters().batches_out.add();
    batch_.clear();
  }
  if (behind_count_ > 0) {
    for (const auto& seat : seats_) drained(*seat);
  }
}

void Room::deliver_to(Seat& seat, const Batch::Frames& frames) {
  const bool contributed = std::exchange(seat.contributed_, false);
  if (!seat.follows_ || seat.behind_) return;
  net::Peer& peer = seat.member_.peer();
  // Without this he would be cut off. What he had before it, nobody knows.
  if (peer.queued_bytes() + frames.all().size() > net::kMaxQueuedBytes) {
    return owe(seat, crdt::StateVector().encode());
  }
  if (contributed) {
    frames.for_each_not_by(&seat, [&](std::string_view part) { peer.send(part); });
  } else {
    peer.send(frames.all());
  }
  host_.meters().updates_out.add(batch_.updates());
  if (peer.queued_bytes() > net::kBacklogBytes) fell_behind(seat);
}

void Room::fell_behind(Seat& seat) {
  if (!seat.follows_ || seat.behind_ || state_ != State::Open) return;
  owe(seat, document_.state_vector());
}

void Room::owe(Seat& seat, std::string vector) {
  seat.behind_ = std::move(vector);
  ++behind_count_;
}

void Room::drained(Seat& seat) {
  if (!seat.behind_ || seat.member_.peer().queued_bytes() > kCaughtUpBytes) return;
  catch_up(seat);
}

/// All that he has missed, or as much of it as one message holds.
void Room::catch_up(Seat& seat) {
  auto behind = crdt::StateVector::decode(*seat.behind_);
  PLAIT_ASSERT(behind.has_value(), "a state vector that was read before to be readable");
  const auto part = document_.part_missing_from(*behind, kMaxAnswerBytes);
  if (!part) return;  // out of memory: the next change says so
  std::string frames;
  if (!part->is_last) {
    last_used_ = now();  // the replica is in use
    seat.behind_ = behind->encode();
    append_message(frames, channel_for(seat), wire::SyncUpdate{part->update});
    return seat.member_.peer().send(frames);
  }
  seat.behind_.reset();
  --behind_count_;
  host_.meters().resyncs.add();
  append_message(frames, channel_for(seat), wire::SyncStep2{part->update});
  seat.member_.peer().send(frames);
  send_presence(seat);
}

void Room::send_presence(Seat& seat) {
  if (seat.member_.dialect() == Member::Dialect::Plait || seat.behind_) return;
  const std::string everybody = presence_.everybody();
  if (everybody.empty()) return;
  std::string frame;
  append_message(frame, channel_for(seat), wire::Awareness{everybody});
  seat.member_.peer().send(frame);
}

// What the store gets -------------------------------------------------------------------------

void Room::save() {
  for (const auto& seat : seats_) append(*seat);
  for (const auto& seat : seats_) {
    if (seat->promised_ == seat->received_ || seat->lacks_since_) continue;
    seat->promised_ = seat->received_;
    promises_.push_back({appends_asked_, seat.get(), seat->received_});
  }
  keep_promises();
}

void Room::append(Seat& seat) {
  if (seat.unsaved_.empty()) return;
  const std::size_t bytes = seat.unsaved_.size();
  ++appends_asked_;
  ++log_rows_;
  log_bytes_ += bytes;
  host_.store().append(
      key_, seat.member_.author(), std::exchange(seat.unsaved_, {}),
      [self = std::weak_ptr<Room*>(self_), bytes](const Result<store::Appended>& result) {
        if (const auto room = self.lock()) (*room)->appended(bytes, result);
      });
}

void Room::appended(std::size_t bytes, const Result<store::Appended>& result) {
  ++appends_answered_;
  unsaved_bytes_ -= bytes;
  if (state_ == State::Failed) return;
  if (!result) return fail("the document cannot be saved");
  last_sequence_ = result->sequence;
  keep_promises();
  go_if_drained();
  touch();
}

void Room::keep_promises() {
  while (!promises_.empty() && promises_.front().appends <= appends_answered_) {
    const Promise promise = promises_.front();
    promises_.pop_front();
    promise.seat->member_.durable(promise.updates);
  }
}

bool Room::wants_snapshot() const noexcept {
  if (state_ != State::Open || snapshot_asked_ || last_sequence_ == 0) return false;
  return log_rows_ > kMaxLogRows || (log_bytes_ > kMaxLogBytes && log_bytes_ > snapshot_bytes_);
}

/// The state may hold more than the log does up to the entry that is named: those updates come
/// again when the document is loaded, and change nothing.
void Room::put_snapshot() {
  log_rows_ = static_cast<std::size_t>(appends_asked_ - appends_answered_);
  log_bytes_ = unsaved_bytes_;
  auto state = document_.encoded();
  if (!state) return;  // out of memory; tried again when as much has come again
  snapshot_asked_ = true;
  snapshot_bytes_ = state->size();
  host_.store().put_snapshot(key_, last_sequence_, *std::move(state),
                             answered(&Room::snapshot_put));
}

void Room::snapshot_put(const Result<void>& result) {
  snapshot_asked_ = false;
  if (state_ == State::Failed) return;
  if (!result) return fail("the document cannot be saved");
  host_.meters().snapshots.add();
  go_if_drained();
  touch();
}

// Time ----------------------------------------------------------------------------------------

std::optional<MonotonicTime> Room::next_deadline() const {
  if (state_ != State::Open) return std::nullopt;
  std::optional<MonotonicTime> next = presence_.next_deadline();
  const auto sooner = [&](MonotonicTime at) { next = next ? std::min(*next, at) : at; };
  if (wants_snapshot()) sooner(now());
  if (behind_count_ > 0) sooner(now() + kCatchUpPause);
  if (lack_count_ > 0) {
    for (const auto& seat : seats_) {
      if (seat->lacks_since_) sooner(*seat->lacks_since_ + kMaxWaitForOthers);
    }
  }
  if (wants_comparison()) sooner(last_used_ + kQuiet);
  if (document_.is_loaded()) sooner(last_used_ + kUnloadAfter);
  if (seats_.empty() && !has_open_requests()) sooner(empty_since_ + kForgetAfter);
  return next;
}

void Room::advance(MonotonicTime now) {
  if (state_ != State::Open) return;
  presence_.expire(now);
  if (lack_count_ > 0) give_up_waiting(now);
  if (wants_snapshot()) put_snapshot();
  if (wants_comparison() && now - last_used_ >= kQuiet) compare_texts();
  if (document_.is_loaded() && now - last_used_ >= kUnloadAfter && !document_.unload()) {
    last_used_ = now;  // out of memory; later there may be some
  }
  touch();
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

/// Not while there is something that was not delivered yet.
bool Room::wants_comparison() const noexcept {
  return !compared_ && config_.text_root.has_value() && claims_open_ == 0;
}

void Room::compare_texts() {
  compared_ = true;
  crypto::Sha256 hash;
  const auto hashed = document_.for_each_chunk(
      *config_.text_root, [&](std::string_view chunk) { hash.update(chunk); });
  if (!hashed) return;
  const crypto::Sha256Digest digest = hash.finish();
  for (const auto& seat : seats_) {
    const bool has_all = seat->follows_ && !seat->behind_ && !seat->lacks_since_;
    if (has_all) seat->member_.settled(seat->received_, digest);
  }
}

}  // namespace plait::server
