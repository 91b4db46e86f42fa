#include "daemon/server/room.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/crdt/state_vector.h"
#include "daemon/crypto/digest.h"
#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/base/assert.h"

namespace plait::server {

using net::CloseCode;

Room::Room(Host& host, Config config)
    : host_(host),
      config_(std::move(config)),
      self_(std::make_shared<Room*>(this)),
      changes_(host.changes(config_.workspace)),
      log_(*this, host.store(), host.quota(config_.workspace), host.meters()),
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
  log_.opened(*result);
  std::size_t tail_bytes = 0;
  for (const std::string& entry : result->tail) tail_bytes += entry.size();
  state_size_.start(result->snapshot.size(), tail_bytes);
  for (const store::ClientClaim& claim : result->clients) {
    owners_.emplace(crdt::ClientId{claim.client}, claim.author);
  }
  state_ = State::Open;
  last_used_ = now();
  tell_version();
  for (const auto& seat : seats_) {
    if (seat->member_.dialect() == Member::Dialect::Yjs) ask(*seat);
  }
  for (const TreeReader& reader : std::exchange(tree_readers_, {})) reader(document_.tree());
  take_waiting();
}

void Room::read_tree(TreeReader reader) {
  empty_since_ = now();
  touch();
  switch (state_) {
    case State::Loading: tree_readers_.push_back(std::move(reader)); return;
    case State::Open: return reader(document_.tree());
    case State::Failed:
      return reader(plait::fail(ErrorCode::System, "the document has failed"));
    case State::Draining: return;
  }
}

void Room::read_version(VersionReader reader) {
  version_readers_.push_back(std::move(reader));
  if (state_ != State::Loading) tell_version();
}

void Room::tell_version() {
  const std::uint64_t version = state_ == State::Open ? log_.last_sequence() : 0;
  for (const VersionReader& reader : std::exchange(version_readers_, {})) reader(version);
}

std::optional<std::uint64_t> Room::version_sent(const Seat& seat) const {
  const bool has_all = seat.follows_ && !seat.behind_ && batch_.updates() == 0;
  if (state_ != State::Open || !has_all) return std::nullopt;
  return log_.last_sequence();
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
  log_.append(seat.member_.author(), std::exchange(seat.unsaved_, {}));
  remove(seat);
}

void Room::remove(Seat& seat) {
  presence_.remove(&seat);
  mark_ = {};  // what comes next is news to him
  if (seat.behind_) --behind_count_;
  note_lack(seat, /*lacks=*/false);
  batch_.forget(&seat);
  std::erase_if(waiting_, [&](const Waiting& message) {
    if (message.seat != &seat) return false;
    waiting_bytes_ -= message.payload.size() + kWaitingMessageBytes;
    return true;
  });
  log_.forget(seat.member_);
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
  tell_version();
  dismiss_everybody(CloseCode::InternalError, reason);
  for (const TreeReader& reader : std::exchange(tree_readers_, {})) {
    reader(plait::fail(ErrorCode::System, std::string(reason)));
  }
  host_.quota(config_.workspace).ask();
  touch();
}

void Room::drain() {
  if (state_ == State::Failed) return;
  end_of_turn();
  state_ = State::Draining;
  tree_readers_.clear();
  tell_version();
  go_if_drained();
}

void Room::go_if_drained() {
  if (state_ != State::Draining || log_.is_busy()) return;
  dismiss_everybody(CloseCode::GoingAway, "the server is going away");
}

bool Room::is_done() const noexcept {
  if (!seats_.empty() || !tree_readers_.empty() || !version_readers_.empty()) return false;
  if (state_ == State::Failed) return true;
  return !log_.is_busy() && (state_ == State::Draining || now() - empty_since_ >= kForgetAfter);
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
    if (batch_.updates() > 0) changes_.changed(config_.name, config_.channel, mark_);
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
  for (const auto& seat : seats_) {
    if (seat->unsaved_.empty()) continue;  // most of them: his author is not looked up
    log_.append(seat->member_.author(), std::exchange(seat->unsaved_, {}));
  }
  for (const auto& seat : seats_) {
    if (seat->promised_ == seat->received_ || seat->lacks_since_) continue;
    seat->promised_ = seat->received_;
    log_.promise(seat->member_, seat->received_);
  }
  log_.keep_promises();
}

/// After most commits there is nothing to do: somebody types.
void Room::saved() {
  if (state_ == State::Failed) return;
  go_if_drained();
  if (log_.wants_snapshot() || seats_.empty()) touch();
}

void Room::not_saved() {
  if (state_ != State::Failed) fail("the document cannot be saved");
}

void Room::put_snapshot() {
  auto state = document_.encoded();
  log_.put_snapshot(state ? std::optional(*std::move(state)) : std::nullopt);
}

// Time ----------------------------------------------------------------------------------------

std::optional<MonotonicTime> Room::next_deadline() const {
  if (state_ != State::Open) return std::nullopt;
  std::optional<MonotonicTime> next = presence_.next_deadline();
  const auto sooner = [&](MonotonicTime at) { next = next ? std::min(*next, at) : at; };
  if (log_.wants_snapshot()) sooner(now());
  if (behind_count_ > 0) sooner(now() + kCatchUpPause);
  if (lack_count_ > 0) {
    for (const auto& seat : seats_) {
      if (seat->lacks_since_) sooner(*seat->lacks_since_ + kMaxWaitForOthers);
    }
  }
  if (wants_comparison()) sooner(last_used_ + kQuiet);
  if (document_.is_loaded()) sooner(unload_time());
  if (seats_.empty() && !log_.is_busy()) sooner(empty_since_ + kForgetAfter);
  return next;
}

MonotonicTime Room::unload_time() const {
  return last_used_ + kUnloadAfter +
         std::chrono::seconds{1} * (log_.stored_bytes() / kUnloadLaterPer);
}

void Room::advance(MonotonicTime now) {
  if (state_ != State::Open) return;
  presence_.expire(now);
  if (lack_count_ > 0) give_up_waiting(now);
  if (log_.wants_snapshot()) put_snapshot();
  if (wants_comparison() && now - last_used_ >= kQuiet) compare_texts();
  if (document_.is_loaded() && now >= unload_time()) {
    if (document_.unload()) {
      host_.meters().unloads.add();
    } else {
      last_used_ = now;  // out of memory; later there may be some
    }
  }
  touch();
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
