#include "tests/unit/sync/traveller.h"

#include <algorithm>
#include <variant>

#include "daemon/crdt/state_vector.h"
#include "daemon/crypto/digest.h"
#include "daemon/document/own_part.h"
#include "daemon/net/channel.h"
#include "daemon/net/websocket_handshake.h"
#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"
#include "tests/support/server_message.h"

namespace plait::sync {
namespace {

constexpr crdt::Origin kHimself = 1;
constexpr crdt::Origin kServer = 2;

net::ConnectionInfo at_the_door() {
  net::ConnectionInfo info;
  info.address = "192.0.2.7";
  info.path = "/v1/connect";
  info.host = "plait.example";
  info.subprotocols = {std::string(connect::kSubprotocol)};
  info.channel_binding = std::string(32, 'b');
  return info;
}

}  // namespace

class Traveller::Replica final : private crdt::Document::Observer {
 public:
  Replica(Traveller& owner, std::string name)
      : owner_(owner), name_(std::move(name)), root_(document.text("content")) {
    document.add_observer(*this);
  }
  ~Replica() override { document.remove_observer(*this); }

  void types(std::string_view text) {
    if (own.empty()) {
      PLAIT_ASSERT(!owner_.client_ids.empty(), "a client id before anything is typed");
      own.push_back(crdt::ClientId{static_cast<std::uint64_t>(owner_.client_ids.back())});
      document.set_client(own.back());
    }
    const auto end = document.length(root_).value();
    const auto typed =
        document.insert(root_, Utf16Offset{static_cast<std::uint32_t>(end)}, text, kHimself);
    PLAIT_ASSERT(typed, "text to be typed where there is a place for it");
  }
  [[nodiscard]] std::string text() const { return document.to_string(root_); }

  crdt::Document document{crdt::Document::Options{}};
  std::vector<crdt::ClientId> own;
  bool is_silent = false;

 private:
  void committed(crdt::Document& changed, crdt::Origin origin) override {
    ByteWriter update;
    if (origin != kHimself || !changed.encode_change(update) || is_silent) return;
    owner_.session.documents().send(name_, update.view());
  }

  Traveller& owner_;
  const std::string name_;
  const crdt::TypeRef root_;
};

Traveller::Traveller(Session::Config config, const Clock& clock)
    : session(std::move(config), static_cast<Host&>(*this), clock) {}

Traveller::~Traveller() { goes(); }

// The line -----------------------------------------------------------------------------------

void Traveller::comes(server::Server& server) {
  goes();
  const net::ConnectionInfo info = at_the_door();
  net::Peer& peer = *this;
  auto answer = server.receive(info, peer);
  PLAIT_ASSERT(std::holds_alternative<net::Welcome>(answer), "a server to let people in");
  server_session_ = std::move(std::get<net::Welcome>(answer).session);
  outbox_.clear();
  inbox_.clear();
  closed_by_server_.reset();
  closed_by_us_.reset();
  max_message_ = net::kMaxMessageBytesBeforeLogin;
  is_slow_ = false;
  session.connected(own_end_, {info.channel_binding, net::host_name(info.host)});
}

void Traveller::goes() { hang_up({net::CloseCode::NotClosed, "the line was cut"}); }

void Traveller::hang_up(const net::Ending& ending) {
  if (server_session_ == nullptr) return;
  server_session_->on_closed({});
  server_session_.reset();
  left_.reset();
  session.disconnected(ending);
}

bool Traveller::arrives() {
  ++arrived_;
  if (!left_) return true;
  if (*left_ == 0) {
    goes();
    return false;
  }
  --*left_;
  return true;
}

void Traveller::sends() {
  for (const auto& [kind, payload] : std::exchange(outbox_, {})) {
    if (!is_here() || closed_by_server_) return;
    if (!arrives()) return;
    PLAIT_ASSERT(payload.size() <= max_message_, "no more to be said than is allowed");
    server_session_->on_message(kind, payload);
  }
  if (closed_by_us_) goes();
}

void Traveller::reads() {
  const std::string arrived = std::exchange(inbox_, {});
  std::string_view rest = arrived;
  while (!rest.empty() && is_here()) {
    const support::ServerMessage message = support::take_message(rest);
    if (!arrives()) return;
    session.received(message.kind, message.payload);
  }
  if (is_here() && closed_by_server_) return hang_up(*closed_by_server_);
  if (is_here()) server_session_->on_drained();
}

void Traveller::is_slow(bool slow) {
  if (std::exchange(is_slow_, slow) == slow) return;
  if (slow) {
    session.fell_behind();
  } else {
    session.drained();
  }
}

std::size_t Traveller::said(std::string_view method) const {
  const std::string quoted = "\"method\":\"" + std::string(method) + '"';
  return static_cast<std::size_t>(std::count_if(
      said_.begin(), said_.end(),
      [&](const std::string& text) { return text.find(quoted) != std::string::npos; }));
}

void Traveller::OwnEnd::send(net::MessageKind kind, std::string_view payload) {
  if (kind == net::MessageKind::Text) owner_.said_.emplace_back(payload.substr(0, 200));
  owner_.said_bytes_ += payload.size();
  owner_.outbox_.emplace_back(kind, payload);
}

void Traveller::OwnEnd::close(net::CloseCode code, std::string_view /*reason*/) {
  owner_.closed_by_us_ = code;
}

std::size_t Traveller::OwnEnd::queued_bytes() const {
  return owner_.is_slow_ ? net::kBacklogBytes + 1 : 0;
}

// Documents ----------------------------------------------------------------------------------

Traveller::Replica& Traveller::replica(const std::string& document) {
  auto& entry = replicas_[document];
  if (entry == nullptr) entry = std::make_unique<Replica>(*this, document);
  return *entry;
}

void Traveller::opens(const std::string& document, Urgency urgency) {
  session.documents().open(document, urgency);
}

void Traveller::types(const std::string& document, std::string_view text) {
  replica(document).types(text);
}

std::string Traveller::text(const std::string& document) { return replica(document).text(); }

void Traveller::starts_anew(const std::string& document) {
  replicas_.erase(document);
  session.documents().open(document);
}

void Traveller::forgets_to_send(const std::string& document) {
  replica(document).is_silent = true;
}

// What the session asks and tells ------------------------------------------------------------

void Traveller::on_generation_changed(const std::string& generation) {
  generations.push_back(generation);
}

void Traveller::on_online(const connect::WorkspaceOpen::Reply& workspace) {
  online.push_back(workspace);
  participants.clear();
  for (const auto& participant : workspace.participants) {
    participants.insert(participant.user.name);
  }
}

void Traveller::on_workspace_changed(const connect::Workspace& workspace) {
  workspaces.push_back(workspace);
}

void Traveller::on_draining(std::chrono::milliseconds returns_after) {
  draining = returns_after;
}

void Traveller::on_client_ids(std::span<const std::int64_t> ids) {
  client_ids.insert(client_ids.end(), ids.begin(), ids.end());
}

void Traveller::on_participants(const connect::PresenceChanged& change) {
  for (const auto& participant : change.participants) {
    participants.insert(participant.user.name);
  }
}

void Traveller::on_waiting(const connect::MemberWaiting& waiting) {
  waiting_members = waiting.members.size();
}

std::optional<std::int64_t> Traveller::feed_seen() {
  return feed.empty() ? feed_from : std::optional(feed.back());
}

void Traveller::on_feed(std::span<const connect::FeedEntry> entries) {
  for (const auto& entry : entries) feed.push_back(entry.seq);
}

std::string Traveller::state_vector(const std::string& document) {
  return replica(document).document.state_vector().encode();
}

Result<void> Traveller::take(const std::string& document, std::string_view update) {
  auto& taking = replica(document).document;
  auto taken = taking.apply(update, kServer);
  if (taken && taking.has_pending()) {
    return fail(ErrorCode::Malformed, "it builds on something unknown");
  }
  return taken;
}

Result<Answer> Traveller::answer(const std::string& document, std::string_view state_vector) {
  auto known = crdt::StateVector::decode(state_vector);
  if (!known) return forward_error(known);
  const Replica& asked = replica(document);
  return Answer{document::own_part(asked.document, asked.own, *known),
                document::has_more_of_others(asked.document, asked.own, *known)};
}

std::optional<crypto::Sha256Digest> Traveller::text_hash(const std::string& document) {
  return crypto::sha256(text(document));
}

bool Traveller::may_close(const std::string& /*document*/) { return !keeps_all; }

void Traveller::on_synced(const std::string& document, std::optional<std::int64_t> version) {
  synced[document] = version.value_or(-1);
}

void Traveller::on_closed(const std::string& document, std::optional<std::int64_t> version) {
  closed[document] = version.value_or(-1);
}

void Traveller::on_refused(const std::string& /*document*/, const std::string& rule,
                           const std::string& /*reason*/) {
  refused.push_back(rule);
}

void Traveller::on_postponed(const std::string& /*document*/, const std::string& rule,
                             const std::string& /*reason*/) {
  postponed.push_back(rule);
}

void Traveller::on_listed(std::span<const ListedDocument> page, bool /*more*/) {
  for (const auto& entry : page) listed[entry.document] = entry.version;
}

void Traveller::on_touched(std::span<const std::string> documents, bool all) {
  touched.insert(touched.end(), documents.begin(), documents.end());
  touched_all |= all;
}

}  // namespace plait::sync
