#include "daemon/server/open_documents.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "daemon/crdt/state_vector.h"
#include "daemon/server/batch.h"
#include "daemon/server/limits.h"
#include "daemon/server/room.h"
#include "daemon/support/log.h"
#include "protocol/messages/connect/errors.h"
#include "protocol/wire/message.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;

/// Who may send one kind of binary message, at this moment.
bool may_send(connect::Role role, std::string_view message) {
  return connect::find_access(message)->roles.contains(role);
}

/// The rule that an error's message begins with: "rule lease: …".
std::string_view rule_of(const Error& error) {
  constexpr std::string_view kPrefix = "rule ";
  const std::string_view message = error.message;
  if (!message.starts_with(kPrefix)) return "refused";
  return message.substr(kPrefix.size(), message.find(':') - kPrefix.size());
}

std::string line_of(std::string_view text, std::size_t most) {
  std::string line;
  for (const char c : text.substr(0, most)) {
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return line;
}

}  // namespace

/// A seat in a room, for as long as the channel is open.
class OpenDocuments::OpenDocument final : public Member {
 public:
  OpenDocument(Caller& caller, const store::Author& author, Room& room)
      : caller_(caller), author_(author), room_(room), seat_(&room.join(*this)) {}
  ~OpenDocument() override {
    if (seat_ != nullptr) room_.leave(*seat_);
  }

  /// What he has, and so asks for what he lacks.
  void ask(std::string_view state_vector) { say(Room::Say::Vector, state_vector); }
  void receive(Room::Say what, std::string_view message, std::string_view payload) {
    if (what != Room::Say::Vector) ++updates_;
    if (!may_send(caller_.role, message)) {
      caller_.host.meters().refused_by_role.add();
      return refuse(updates_, "role", "you may read here and not write");
    }
    say(what, payload);
  }
  void fell_behind() {
    if (seat_ != nullptr) room_.fell_behind(*seat_);
  }
  void drained() {
    if (seat_ != nullptr) room_.drained(*seat_);
  }
  /// The room has no use for him any more, since everything is durable and the server stops.
  [[nodiscard]] bool is_over() const noexcept { return seat_ == nullptr; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// What is on disk, if he was sent all of it.
  [[nodiscard]] std::optional<std::uint64_t> version() const {
    if (seat_ == nullptr) return std::nullopt;
    return room_.version_sent(*seat_);
  }

 private:
  [[nodiscard]] Dialect dialect() const override { return Dialect::Plait; }
  [[nodiscard]] net::Peer& peer() override { return caller_.line->peer(); }
  [[nodiscard]] const store::Author& author() const override { return author_; }
  [[nodiscard]] const Identity* identity() const override { return nullptr; }
  [[nodiscard]] bool may_write() const override {
    return may_send(caller_.role, "sync/update");
  }
  [[nodiscard]] const LeasedClients* leased() const override { return caller_.leased; }

  void say(Room::Say what, std::string_view payload) {
    if (seat_ != nullptr && !was_refused_) room_.receive(*seat_, what, payload);
  }

  void refused(std::uint64_t update, const Error& error, bool resync) override {
    if (resync) return;
    // What stands before the colon is said by the rule.
    const std::size_t colon = error.message.find(": ");
    const std::string_view reason = error.message;
    refuse(update, rule_of(error), colon == reason.npos ? reason : reason.substr(colon + 2));
  }
  void durable(std::uint64_t count) override {
    if (caller_.uses.durable) send(wire::Durable{count});
  }
  void settled(std::uint64_t count, const crypto::Sha256Digest& text_hash) override {
    if (caller_.uses.hash && !was_refused_) send(wire::TextHash{count, text_hash});
  }
  void dismissed(net::CloseCode code, std::string_view reason) override {
    seat_ = nullptr;
    if (code != net::CloseCode::GoingAway) refuse(updates_, "unavailable", reason);
  }

  template <class M>
  void send(const M& message) {
    std::string frame;
    append_message(frame, channel_, message);
    caller_.line->send(frame);
  }
  /// From here on nothing is taken on this channel.
  void refuse(std::uint64_t update, std::string_view rule, std::string_view reason) {
    if (std::exchange(was_refused_, true)) return;
    connect::DocumentRefused refusal;
    refusal.channel = static_cast<std::int64_t>(channel_);
    refusal.update = static_cast<std::int64_t>(update);
    refusal.rule = rule;
    refusal.reason = line_of(reason, connect::kMaxReasonBytes);
    caller_.line->tell(refusal);
  }
  Caller& caller_;
  const store::Author& author_;
  Room& room_;  ///< good while there is a seat
  const wire::Channel channel_ = room_.config().channel;
  const std::string name_ = room_.config().name;
  Room::Seat* seat_;
  std::uint64_t updates_ = 0;  ///< that he sent
  bool was_refused_ = false;
};

OpenDocuments::OpenDocuments(Caller& caller) : caller_(caller) {}
OpenDocuments::~OpenDocuments() = default;

void OpenDocuments::handle(const DocumentOpen& wish, const Responder<DocumentOpen>& responder) {
  if (wish.state_vector && !crdt::StateVector::decode(wish.state_vector->data)) {
    return responder.refuse({jsonrpc::StandardError::InvalidParams,
                             "params.stateVector: expected a state vector of Yjs"});
  }
  author_.name = caller_.member;
  Room& room = caller_.host.document(caller_.workspace, wish.document);
  const wire::Channel channel = room.config().channel;
  if (!open_.contains(channel) && open_.size() >= kMaxOpenDocuments) {
    return responder.refuse(people::limit_reached("open documents", kMaxOpenDocuments));
  }
  room.read_version(caller_.while_here([this, channel, responder](std::uint64_t version) {
    responder.answer({static_cast<std::int64_t>(channel), may_send(caller_.role, "sync/update"),
                      static_cast<std::int64_t>(version)});
  }));
  // The old seat goes after the new one is there, so that the room is not left in between.
  auto document = std::make_unique<OpenDocument>(caller_, author_, room);
  OpenDocument& opened = *document;
  open_[channel].swap(document);
  document.reset();
  if (wish.state_vector) opened.ask(wish.state_vector->data);
}

void OpenDocuments::handle(const DocumentClose& wish,
                           const Responder<DocumentClose>& responder) {
  const wire::Channel channel{static_cast<std::uint32_t>(wish.channel)};
  DocumentClose::Reply reply;
  if (const auto found = open_.find(channel); found != open_.end()) {
    if (const auto version = found->second->version()) {
      reply.version = static_cast<std::int64_t>(*version);
      caller_.live->closed(*caller_.place, channel);
    }
    open_.erase(found);
  }
  responder.answer(reply);
}

void OpenDocuments::handle(const DocumentList& question,
                           const Responder<DocumentList>& responder) {
  static_assert(connect::kMaxPageDocuments < store::kMaxListedDocuments &&
                connect::kMaxIdBytes == store::kMaxListedNameBytes);
  if (!may_go_on(caller_.searches, kSearches, caller_.host.clock().now(), responder)) return;
  const auto limit =
      static_cast<std::size_t>(question.limit.value_or(connect::kMaxPageDocuments));
  // One more than asked for, to know whether there is more.
  caller_.host.store().list_documents(
      caller_.workspace, question.after.value_or(""), limit + 1,
      caller_.while_here(
          [limit, responder](const Result<std::vector<store::ListedDocument>>& found) {
            if (!found) return responder.refuse(found.error());
            DocumentList::Reply reply;
            reply.more = found->size() > limit;
            for (const auto& [name, version] :
                 std::span(*found).first(std::min(found->size(), limit))) {
              reply.documents.push_back({name, static_cast<std::int64_t>(version)});
            }
            responder.answer(reply);
          }));
}

void OpenDocuments::handle(const DocumentDiverged& news) {
  const auto found = open_.find(wire::Channel{static_cast<std::uint32_t>(news.channel)});
  if (found == open_.end()) return;
  caller_.host.meters().diverged.add();
  log::error("a client's text differs from the server's",
             {{"workspace", caller_.workspace}, {"document", found->second->name()}});
}

bool OpenDocuments::receive(const wire::ChannelFrame& frame) {
  const auto* step1 = std::get_if<wire::SyncStep1>(&frame.message);
  const auto* step2 = std::get_if<wire::SyncStep2>(&frame.message);
  const auto* update = std::get_if<wire::SyncUpdate>(&frame.message);
  if (step1 == nullptr && step2 == nullptr && update == nullptr) return false;
  const auto found = open_.find(frame.channel);
  if (found == open_.end()) return true;
  OpenDocument& document = *found->second;
  if (step1 != nullptr) {
    document.receive(Room::Say::Vector, "sync/step1", step1->state_vector);
  } else if (step2 != nullptr) {
    document.receive(Room::Say::Answer, "sync/step2", step2->update);
  } else {
    document.receive(Room::Say::Update, "sync/update", update->update);
  }
  return true;
}

void OpenDocuments::fell_behind() {
  for (const auto& [channel, document] : open_) document->fell_behind();
}

void OpenDocuments::drained() {
  for (const auto& [channel, document] : open_) document->drained();
}

bool OpenDocuments::are_over() const {
  return std::all_of(open_.begin(), open_.end(),
                     [](const auto& entry) { return entry.second->is_over(); });
}

void OpenDocuments::close_all() { open_.clear(); }

bool OpenDocuments::has_open(wire::Channel channel) const {
  const auto found = open_.find(channel);
  return found != open_.end() && !found->second->is_over();
}

}  // namespace plait::server
