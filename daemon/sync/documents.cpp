#include "daemon/sync/documents.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <variant>
#include <vector>

#include "protocol/base/assert.h"
#include "protocol/messages/connect/errors.h"

namespace plait::sync {
namespace {

/// What stands around an update in its message: channel, kind, length.
constexpr std::size_t kMaxOverhead = 64;
constexpr std::size_t kMaxUpdateBytes = wire::kMaxMessageBytes - kMaxOverhead;

}  // namespace

struct Documents::Document {
  std::string name;
  Urgency urgency = Urgency::Soon;
  State state = State::Queued;
  bool is_wanted = true;  ///< otherwise it is closed as soon as nothing of it is missing
  bool is_shut = false;   ///< was refused: stays closed
  std::optional<MonotonicTime> rests_until;
  std::chrono::seconds rest = kFirstRest;  ///< the next one
  Queue* queue = nullptr;                  ///< that it is in
  Queue::iterator place;
  std::size_t unsaved = 0;  ///< updates that were sent and may not be on the server's disk

  // On this channel.
  std::uint32_t channel = 0;  ///< none if zero
  bool is_opening = false;    ///< counts as such until it is in step
  bool is_writable = false;
  bool is_joined = false;   ///< the server's step 1 was answered: it takes updates
  bool is_in_step = false;  ///< its step 2 was taken
  bool fell_behind = false;
  bool server_lacks_others = false;
  std::int64_t version = 0;
  std::uint64_t sent = 0;
  std::uint64_t durable = 0;
  std::deque<std::size_t> promised;  ///< for each that is not durable: the updates in it
  std::size_t held = 0;              ///< updates that no message on this channel has brought

  /// Nothing is on its way in either direction that is known of.
  [[nodiscard]] bool is_idle() const {
    const bool is_saved = !is_writable || (is_joined && durable == sent);
    return state == State::Open && is_in_step && is_saved && unsaved == 0;
  }
};

Documents::Documents(Agenda& agenda, const Clock& clock, Conversation& conversation, Host& host,
                     std::function<void(std::string)> fault)
    : clock_(clock),
      conversation_(conversation),
      host_(host),
      fault_(std::move(fault)),
      wake_(agenda, [this] { wake(); }) {}

Documents::~Documents() = default;

Documents::Document* Documents::find(const std::string& name) const {
  const auto found = documents_.find(name);
  return found != documents_.end() ? found->second.get() : nullptr;
}

Documents::Document* Documents::find(wire::Channel channel) const {
  const auto found = channels_.find(static_cast<std::uint32_t>(channel));
  return found != channels_.end() ? found->second : nullptr;
}

// What the host wants ------------------------------------------------------------------------

Documents::Document& Documents::want(const std::string& name, Urgency urgency) {
  auto& entry = documents_[name];
  if (entry == nullptr) {
    entry = std::make_unique<Document>();
    entry->name = name;
    entry->urgency = urgency;
    enqueue(*entry);
  }
  return *entry;
}

void Documents::open(const std::string& name, Urgency urgency) {
  Document& document = want(name, urgency);
  document.is_wanted = true;
  document.is_shut = false;
  const bool is_more_urgent = urgency < document.urgency;
  document.urgency = urgency;
  switch (document.state) {
    case State::Queued:
      if (is_more_urgent) enqueue(document);
      break;
    case State::Shut: enqueue(document); break;
    case State::Open: enter(used_, document); break;
    case State::Opening:
    case State::Closing:
    case State::Resting: break;
  }
  pump();
}

void Documents::close(const std::string& name) {
  Document* const document = find(name);
  if (document == nullptr) return;
  document->is_wanted = false;
  close_if_idle(*document);
  pump();
}

void Documents::send(const std::string& name, std::string_view update) {
  Document& document = want(name, Urgency::Soon);
  if (document.is_shut) return;
  ++document.unsaved;
  ++unsaved_;
  const bool is_taken = document.state == State::Open && document.is_joined &&
                        document.is_writable && !document.fell_behind;
  if (!is_taken || is_behind_) {
    ++document.held;
    // It was about to be forgotten.
    if (document.state == State::Closing) document.is_wanted = true;
    document.fell_behind |= is_taken;
    return pump();
  }
  enter(used_, document);
  send_frame(document, wire::SyncUpdate{update}, update.size(), 1);
}

std::size_t Documents::unsaved(const std::string& name) const {
  const Document* document = find(name);
  return document != nullptr ? document->unsaved : 0;
}

bool Documents::is_in_step(const std::string& name) const {
  const Document* document = find(name);
  return document != nullptr && document->state == State::Open && document->is_in_step;
}

std::size_t Documents::waiting() const noexcept {
  std::size_t count = opening_;
  for (const Queue& queue : queued_) count += queue.size();
  return count;
}

// The connection -----------------------------------------------------------------------------

void Documents::begin() {
  is_begun_ = true;
  is_behind_ = false;
  pump();
}

void Documents::end() {
  is_begun_ = false;
  is_behind_ = false;
  is_listing_ = lists_again_ = false;
  wake_.stop();
  no_room_until_.reset();
  // The last used are the first to be opened again.
  std::vector<Document*> were_open;
  for (Document* document : used_) were_open.push_back(document);
  for (const auto& [name, document] : documents_) {
    const bool takes_place =
        document->state == State::Opening || document->state == State::Closing;
    if (takes_place || document->state == State::Resting) were_open.push_back(document.get());
  }
  for (Document* document : were_open) {
    leave_channel(*document);
    document->rests_until.reset();
    if (document->is_shut) {
      document->state = State::Shut;
    } else if (document->is_wanted || document->unsaved > 0) {
      enqueue(*document, /*first=*/true);
    } else {
      forget(*document);
    }
  }
  resting_.clear();
  channels_.clear();
  places_ = opening_ = closing_ = 0;
}

void Documents::set_writable(bool writable) {
  for (const auto& [name, document] : documents_) {
    if (document->state != State::Open || document->is_writable == writable) continue;
    document->is_writable = writable;
    // Only who may write when he opens a document is asked what he has.
    if (writable) reopen(*document);
  }
}

void Documents::drained() {
  is_behind_ = false;
  for (const auto& [name, document] : documents_) {
    if (document->state == State::Open && document->fell_behind) reopen(*document);
  }
  pump();
}

void Documents::list() {
  if (!is_begun_) return;
  if (is_listing_) {
    lists_again_ = true;
  } else {
    is_listing_ = true;
    ask_for_page(std::nullopt);
  }
}

void Documents::ask_for_page(std::optional<std::string> after) {
  conversation_.call<connect::DocumentList>(
      {std::move(after), connect::kMaxPageDocuments},
      [this](const Outcome<connect::DocumentList>& outcome) {
        const auto* page = std::get_if<connect::DocumentList::Reply>(&outcome);
        const bool more = page != nullptr && page->more && !page->documents.empty();
        if (more) {
          ask_for_page(page->documents.back().document);
        } else {
          is_listing_ = false;
          if (std::exchange(lists_again_, false)) list();
        }
        if (page != nullptr) host_.on_listed(page->documents, more);
      },
      AfterCut::Forget);
}

// Opening and closing ------------------------------------------------------------------------

/// Moves it to the end of a queue, or to its beginning.
void Documents::enter(Queue& queue, Document& document, bool first) {
  const auto end = first ? queue.begin() : queue.end();
  if (document.queue != nullptr) {
    queue.splice(end, *document.queue, document.place);
  } else {
    document.place = queue.insert(end, &document);
  }
  document.queue = &queue;
}

void Documents::leave_queue(Document& document) {
  if (document.queue == nullptr) return;
  document.queue->erase(document.place);
  document.queue = nullptr;
}

void Documents::enqueue(Document& document, bool first) {
  document.state = State::Queued;
  enter(queued_[static_cast<std::size_t>(document.urgency)], document, first);
}

void Documents::pump() {
  if (!is_begun_ || is_behind_ || is_pumping_) return;
  is_pumping_ = true;
  for (Queue& queue : queued_) {
    while (!queue.empty() && opening_ < kMaxOpening && places_ < kMaxOpenDocuments) {
      ++places_;
      start_opening(*queue.front());
    }
  }
  const std::size_t wanting = std::min(waiting(), kMaxOpening);
  if (places_ == kMaxOpenDocuments) {
    while (opening_ + closing_ < wanting && make_room()) {
    }
  }
  is_pumping_ = false;
}

/// Closes a document that nobody would miss.
bool Documents::make_room() {
  const MonotonicTime now = clock_.now();
  if (no_room_until_ && now < *no_room_until_) return false;
  const auto unused = std::find_if(used_.begin(), used_.end(), [&](const Document* document) {
    return document->is_idle() && host_.may_close(document->name);
  });
  if (unused == used_.end()) {
    no_room_until_ = now + kPlacePause;
    set_wake();
    return false;
  }
  (*unused)->is_wanted = false;
  start_closing(**unused);
  return true;
}

/// It has a place already.
void Documents::start_opening(Document& document) {
  leave_queue(document);
  document.state = State::Opening;
  document.is_opening = true;
  ++opening_;
  connect::DocumentOpen wish{document.name, {}};
  std::string vector = host_.state_vector(document.name);
  if (vector.size() <= connect::kMaxStateVectorBytes) {
    wish.state_vector.emplace().data = std::move(vector);
    vector.clear();
  }
  conversation_.call<connect::DocumentOpen>(
      wish,
      [this, name = document.name, vector = std::move(vector)](
          const Outcome<connect::DocumentOpen>& outcome) { was_opened(name, vector, outcome); },
      AfterCut::Forget);
}

/// `unsaid` is the state vector, if it was too large for the request.
void Documents::was_opened(const std::string& name, std::string_view unsaid,
                           const Outcome<connect::DocumentOpen>& outcome) {
  Document* const found = find(name);
  PLAIT_ASSERT(found != nullptr, "a document to be there while it is being opened");
  Document& document = *found;
  if (const auto* error = std::get_if<jsonrpc::RpcError>(&outcome)) {
    --places_;
    leave_channel(document);
    rest(document, "unavailable", error->message);
    return pump();
  }
  const auto& reply = std::get<connect::DocumentOpen::Reply>(outcome);
  const auto channel = static_cast<std::uint32_t>(reply.channel);
  if (!channels_.emplace(channel, &document).second) {
    return fault_("a channel that is another document's");
  }
  document.channel = channel;
  document.state = State::Open;
  document.is_writable = reply.writable;
  document.version = reply.version;
  enter(used_, document);
  if (!unsaid.empty()) conversation_.say(wire::Channel{channel}, wire::SyncStep1{unsaid});
}

void Documents::reopen(Document& document) {
  leave_channel(document);
  start_opening(document);
}

/// Forgets all that is about its channel.
void Documents::leave_channel(Document& document) {
  leave_queue(document);
  channels_.erase(document.channel);
  if (document.is_opening) --opening_;
  document.channel = 0;
  document.is_opening = false;
  document.is_writable = document.is_joined = document.is_in_step = false;
  document.fell_behind = document.server_lacks_others = false;
  document.sent = document.durable = 0;
  document.promised.clear();
  document.held = document.unsaved;
}

void Documents::close_if_idle(Document& document) {
  if (document.is_wanted || document.unsaved > 0) return;
  switch (document.state) {
    case State::Queued:
    case State::Resting:
    case State::Shut: return forget(document);
    case State::Open:
      if (document.is_idle()) start_closing(document);
      return;
    case State::Opening:
    case State::Closing: return;
  }
}

void Documents::start_closing(Document& document) {
  const connect::DocumentClose wish{static_cast<std::int64_t>(document.channel)};
  leave_channel(document);
  document.state = State::Closing;
  ++closing_;
  conversation_.call<connect::DocumentClose>(
      wish,
      [this, name = document.name](const Outcome<connect::DocumentClose>& outcome) {
        const auto* reply = std::get_if<connect::DocumentClose::Reply>(&outcome);
        was_closed(name, reply != nullptr ? reply->version : std::nullopt);
      },
      AfterCut::Forget);
}

void Documents::was_closed(const std::string& name, std::optional<std::int64_t> version) {
  Document* const document = find(name);
  PLAIT_ASSERT(document != nullptr, "a document to be there while it is being closed");
  --closing_;
  --places_;
  if (document->is_shut) {
    document->state = State::Shut;
  } else if (document->rests_until) {
    start_resting(*document);
  } else if (document->is_wanted) {
    enqueue(*document);
  } else {
    forget(*document);
    host_.on_closed(name, version);
  }
  pump();
}

void Documents::forget(Document& document) {
  leave_queue(document);
  if (document.rests_until) resting_.erase({*document.rests_until, document.name});
  unsaved_ -= document.unsaved;
  documents_.erase(std::string(document.name));
}

// Refusals -----------------------------------------------------------------------------------

void Documents::refused(const connect::DocumentRefused& refusal) {
  Document* const document = find(wire::Channel{static_cast<std::uint32_t>(refusal.channel)});
  if (document == nullptr) return;  // crossed a document/close
  const std::string name = document->name;
  if (refusal.rule == "unavailable" || refusal.rule == "quota") {
    return rest(*document, refusal.rule, refusal.reason);
  }
  shut(*document);
  host_.on_refused(name, refusal.rule, refusal.reason);
}

/// Nothing more is said about it until the host opens it again.
void Documents::shut(Document& document) {
  unsaved_ -= std::exchange(document.unsaved, 0);
  document.is_shut = true;
  start_closing(document);
}

/// Closes it, if it is open, and opens it again after a while.
void Documents::rest(Document& document, const std::string& rule, const std::string& reason) {
  const std::string name = document.name;
  document.rests_until = clock_.now() + document.rest;
  document.rest = std::min(2 * document.rest, kLongestRest);
  if (document.channel != 0) {
    start_closing(document);
  } else {
    start_resting(document);
  }
  host_.on_postponed(name, rule, reason);
}

void Documents::start_resting(Document& document) {
  document.state = State::Resting;
  resting_.emplace(*document.rests_until, document.name);
  set_wake();
}

void Documents::set_wake() {
  std::optional<MonotonicTime> due = no_room_until_;
  if (!resting_.empty() && (!due || resting_.begin()->first < *due)) {
    due = resting_.begin()->first;
  }
  if (due) wake_.set(*due);
}

void Documents::wake() {
  const MonotonicTime now = clock_.now();
  if (no_room_until_ && *no_room_until_ <= now) no_room_until_.reset();
  while (!resting_.empty() && resting_.begin()->first <= now) {
    Document& document = *find(resting_.begin()->second);
    resting_.erase(resting_.begin());
    document.rests_until.reset();
    enqueue(document);
  }
  set_wake();
  pump();
}

// The conversation about one document --------------------------------------------------------

void Documents::take(wire::Channel channel, const wire::Message& message) {
  Document* const document = find(channel);
  if (document == nullptr) return;  // crossed a document/close
  if (const auto* step1 = std::get_if<wire::SyncStep1>(&message)) {
    take_step1(*document, step1->state_vector);
  } else if (const auto* step2 = std::get_if<wire::SyncStep2>(&message)) {
    take_update(*document, step2->update, /*is_all=*/true);
  } else if (const auto* update = std::get_if<wire::SyncUpdate>(&message)) {
    take_update(*document, update->update, /*is_all=*/false);
  } else if (const auto* durable = std::get_if<wire::Durable>(&message)) {
    take_durable(*document, durable->messages);
  } else if (const auto* hash = std::get_if<wire::TextHash>(&message)) {
    take_hash(*document, *hash);
  } else {
    fault_("a message that has no place on a document's channel");
  }
}

void Documents::take_step1(Document& document, std::string_view state_vector) {
  if (!document.is_writable) return;  // it may have crossed a change of our role
  const wire::Channel channel{document.channel};
  const Result<Answer> answer = host_.answer(document.name, state_vector);
  if (find(channel) != &document) return;
  if (!answer) return fault_("a state vector: " + answer.error().message);
  document.is_joined = true;
  document.server_lacks_others = answer->lacks_others;
  send_frame(document, wire::SyncStep2{answer->update}, answer->update.size(),
             std::exchange(document.held, 0));
}

/// `updates` of the host's are in it.
void Documents::send_frame(Document& document, const wire::Message& message, std::size_t bytes,
                           std::size_t updates) {
  if (bytes > kMaxUpdateBytes) {
    const std::string name = document.name;
    shut(document);
    return host_.on_refused(name, "size", "it is larger than a message can be");
  }
  ++document.sent;
  document.promised.push_back(updates);
  conversation_.say(wire::Channel{document.channel}, message);
}

void Documents::take_update(Document& document, std::string_view update, bool is_all) {
  const wire::Channel channel{document.channel};
  enter(used_, document);
  const Result<void> taken = host_.take(document.name, update);
  if (find(channel) != &document) return;
  if (!taken) return rest(document, "update", taken.error().message);
  if (is_all && !document.is_in_step) was_synced(document);
}

void Documents::was_synced(Document& document) {
  document.is_in_step = true;
  document.is_opening = false;
  --opening_;
  if (!document.is_writable) document.rest = kFirstRest;
  const wire::Channel channel{document.channel};
  host_.on_synced(document.name, document.version);
  if (find(channel) == &document) close_if_idle(document);
  no_room_until_.reset();
  pump();
}

void Documents::take_durable(Document& document, std::uint64_t messages) {
  if (messages < document.durable || messages > document.sent) {
    return fault_("durable is what was never sent");
  }
  if (messages == document.durable) return;
  for (; document.durable < messages; ++document.durable) {
    document.unsaved -= document.promised.front();
    unsaved_ -= document.promised.front();
    document.promised.pop_front();
  }
  if (document.unsaved > 0 || document.durable < document.sent) return;
  document.rest = kFirstRest;
  const wire::Channel channel{document.channel};
  host_.on_saved(document.name);
  if (find(channel) == &document) close_if_idle(document);
  no_room_until_.reset();
  pump();
}

void Documents::take_hash(Document& document, const wire::TextHash& hash) {
  if (hash.messages > document.sent) return fault_("a hash with what was never sent");
  const bool is_comparable = hash.messages == document.sent && document.held == 0 &&
                             document.is_in_step && !document.server_lacks_others;
  if (!is_comparable) return;
  const std::string name = document.name;
  const auto mine = host_.text_hash(name);
  if (!mine || *mine == hash.sha256 || find(name) != &document || document.channel == 0) return;
  connect::DocumentDiverged news;
  news.channel = static_cast<std::int64_t>(document.channel);
  news.sha256.data = *mine;
  conversation_.notify(news);
  shut(document);
  host_.on_diverged(name);
}

}  // namespace plait::sync
