#include "daemon/server/connect_session.h"

#include <array>
#include <utility>
#include <variant>

#include "daemon/net/channel.h"
#include "daemon/net/websocket_handshake.h"
#include "daemon/server/limits.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "protocol/wire/channel_frame.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using connect::ConnectError;
using connect::Form;
using connect::Phase;
using jsonrpc::RpcError;
using jsonrpc::StandardError;
using net::CloseCode;

RpcError no_such_method() { return {StandardError::MethodNotFound, "there is no such method"}; }

}  // namespace

/// Which part of a session a message is for.
struct ConnectSession::Routes {
  using Answerer = void (*)(ConnectSession&, const jsonrpc::Request&);
  using Listener = void (*)(ConnectSession&, const jsonrpc::Notification&);
  struct Request {
    std::string_view method;
    Answerer answer;
  };
  struct Notification {
    std::string_view method;
    Listener hear;
  };

  template <class M, auto kPart>
  static void answer(ConnectSession& session, const jsonrpc::Request& request) {
    const Responder<M> responder(session.caller_.line, request.id);
    auto message = jsonrpc::read_fields<M>(request.params);
    if (!message) {
      return responder.refuse({StandardError::InvalidParams, message.error().message});
    }
    (session.*kPart).handle(*message, responder);
  }
  template <class M>
  static void hear(ConnectSession& session, const jsonrpc::Notification& notification) {
    const auto message = jsonrpc::read_fields<M>(notification.params);
    if (!message) return;  // nobody waits for an answer
    if constexpr (std::is_same_v<M, connect::DocumentDiverged>) {
      session.documents_.handle(*message);
    } else {
      session.handle(*message);
    }
  }

  template <auto kPart, class... Messages>
  static constexpr std::array<Request, sizeof...(Messages)> to() {
    return {Request{Messages::kMethod, &answer<Messages, kPart>}...};
  }

  static const Request* find_request(std::string_view method);
  static const Notification* find_notification(std::string_view method);
};

const ConnectSession::Routes::Request* ConnectSession::Routes::find_request(
    std::string_view method) {
  using namespace connect;
  static constexpr auto kLogin = to<&ConnectSession::login_, Hello, LoginKey, LoginToken>();
  static constexpr auto kEntrance =
      to<&ConnectSession::entrance_, WorkspaceList, WorkspaceOpen, ClientLease, TokenIssue>();
  static constexpr auto kDocuments =
      to<&ConnectSession::documents_, DocumentOpen, DocumentClose, DocumentList>();
  static constexpr auto kTalk =
      to<&ConnectSession::talk_, FeedSince, ActivityRecord, AuditList, ChatSend, ChatEdit,
         ChatDelete, ChatReact, ChatHistory, ChatSearch, ChatExport>();
  static constexpr auto kBlobs = to<&ConnectSession::blobs_, BlobGet, BlobPut, BlobFinish>();
  static constexpr auto kPeople =
      to<&ConnectSession::people_, MemberList, MemberLeave, MemberSetRole, MemberApprove,
         MemberKick, MemberRevoke, MemberTransfer, InviteCreate, InviteList, InviteRevoke,
         InviteRedeem>();
  static constexpr std::array<std::span<const Request>, 6> kAll = {
      kLogin, kEntrance, kDocuments, kTalk, kBlobs, kPeople};
  for (const auto& part : kAll) {
    for (const Request& request : part) {
      if (request.method == method) return &request;
    }
  }
  return nullptr;
}

const ConnectSession::Routes::Notification* ConnectSession::Routes::find_notification(
    std::string_view method) {
  using namespace connect;
  static constexpr std::array<Notification, 3> kAll = {
      Notification{DocumentDiverged::kMethod, &hear<DocumentDiverged>},
      Notification{PresenceUpdate::kMethod, &hear<PresenceUpdate>},
      Notification{ChatTyping::kMethod, &hear<ChatTyping>}};
  for (const Notification& notification : kAll) {
    if (notification.method == method) return &notification;
  }
  return nullptr;
}

ConnectSession::ConnectSession(ConnectHost& host, const net::ConnectionInfo& info,
                               net::Peer& peer)
    : caller_(host, std::make_shared<ClientLine>(peer, host.meters()), info.address,
              {info.channel_binding, net::host_name(info.host)}),
      login_(caller_),
      entrance_(caller_, *this, [this] { take_held(); }),
      documents_(caller_),
      talk_(caller_),
      blobs_(caller_),
      people_(caller_),
      number_(host.came(*this)) {}

ConnectSession::~ConnectSession() {
  leave();
  caller_.host.went(number_);
}

// What comes ----------------------------------------------------------------------------------

void ConnectSession::on_message(net::MessageKind kind, std::string_view payload) {
  if (!caller_.line->is_open()) return;
  caller_.host.meters().messages_in.add();
  if (entrance_.is_opening()) return hold(kind, payload);
  take(kind, payload);
}

void ConnectSession::hold(net::MessageKind kind, std::string_view payload) {
  held_bytes_ += payload.size() + sizeof(Held);
  if (held_bytes_ > kMaxHeldBytes) {
    return caller_.line->close(CloseCode::TryAgainLater, "the workspace is being opened");
  }
  held_.push_back({kind, std::string(payload)});
}

void ConnectSession::take_held() {
  while (!held_.empty() && !entrance_.is_opening() && caller_.line->is_open()) {
    const Held next = std::move(held_.front());
    held_.pop_front();
    held_bytes_ -= next.payload.size() + sizeof(Held);
    take(next.kind, next.payload);
  }
}

void ConnectSession::take(net::MessageKind kind, std::string_view payload) {
  if (kind == net::MessageKind::Text) return take_text(payload);
  take_frame(payload);
}

void ConnectSession::take_frame(std::string_view bytes) {
  const auto frame = wire::decode_frame(bytes);
  if (!frame) return caller_.line->close(CloseCode::ProtocolError, frame.error().message);
  if (const auto* chunk = std::get_if<wire::BlobChunk>(&frame->message)) {
    // Who may not send one could not announce it either, unless his role has changed since.
    if (!refusal_of(*connect::find_access("blob/chunk"))) blobs_.receive(*chunk);
  } else if (!documents_.receive(*frame)) {
    caller_.line->close(CloseCode::ProtocolError, "this is not for a client to say");
  }
}

void ConnectSession::take_text(std::string_view text) {
  const auto message = jsonrpc::parse_message(text, connect::kLimitsToServer);
  if (const auto* request = std::get_if<jsonrpc::Request>(&message)) {
    take_request(*request);
  } else if (const auto* notification = std::get_if<jsonrpc::Notification>(&message)) {
    take_notification(*notification);
  } else if (const auto* unreadable = std::get_if<jsonrpc::Unreadable>(&message)) {
    if (unreadable->answerable) caller_.line->complain(unreadable->answer);
  }
  // The server asks for nothing, so an answer is nothing to it.
}

void ConnectSession::take_request(const jsonrpc::Request& request) {
  caller_.line->expect_answer();
  const auto refuse = [&](const RpcError& error) { caller_.line->refuse(request.id, error); };
  const connect::Access* access = connect::find_access(request.method);
  const Routes::Request* route = Routes::find_request(request.method);
  if (access == nullptr || route == nullptr) return refuse(no_such_method());
  if (const auto refusal = refusal_of(*access)) return refuse(*refusal);
  if (caller_.host.is_draining()) {
    return refuse(rpc_error(ConnectError::Unavailable, "the server stops"));
  }
  if (const auto wait = too_fast(request.method); wait.count() > 0) {
    return refuse(people::too_fast(wait.count()));
  }
  route->answer(*this, request);
}

void ConnectSession::take_notification(const jsonrpc::Notification& notification) {
  const connect::Access* access = connect::find_access(notification.method);
  const Routes::Notification* route = Routes::find_notification(notification.method);
  if (access == nullptr || route == nullptr || refusal_of(*access)) return;
  if (too_fast(notification.method).count() > 0) return;
  route->hear(*this, notification);
}

std::optional<RpcError> ConnectSession::refusal_of(const connect::Access& access) const {
  if (caller_.phase < access.phase) {
    return rpc_error(ConnectError::NotReady, "too early: say hello, log in, open a workspace");
  }
  if (access.phase == Phase::InWorkspace && !access.roles.contains(caller_.role)) {
    jsonrpc::Json::Object data;
    data.push_back({"role", jsonrpc::to_json(caller_.role)});
    return rpc_error(ConnectError::Forbidden, "your role does not allow this",
                     jsonrpc::Json(std::move(data)));
  }
  return std::nullopt;
}

std::chrono::milliseconds ConnectSession::too_fast(std::string_view method) {
  const bool is_document =
      method == connect::DocumentOpen::kMethod || method == connect::DocumentClose::kMethod;
  const MonotonicTime now = caller_.host.clock().now();
  return is_document ? documents_pace_.take(kDocumentsRate, now) : pace_.take(kMessages, now);
}

void ConnectSession::handle(const connect::PresenceUpdate& update) {
  const std::size_t bytes = jsonrpc::write_json(jsonrpc::write_fields(update)).size();
  if (bytes > connect::kMaxPresenceBytes) return;
  connect::PresenceUpdate known = update;
  const bool is_theirs =
      update.client_id && caller_.leased != nullptr &&
      caller_.leased->contains(crdt::ClientId{static_cast<std::uint64_t>(*update.client_id)});
  if (!is_theirs) known.client_id.reset();
  caller_.live->update(*caller_.place, std::move(known));
}

void ConnectSession::handle(const connect::ChatTyping& /*news*/) {
  caller_.live->types_in_chat(*caller_.place);
}

// What the workspace says ---------------------------------------------------------------------

bool ConnectSession::is_behind() const { return is_behind_; }

std::string_view ConnectSession::token() const {
  if (!caller_.token) return {};
  return caller_.token->id;
}

void ConnectSession::member_changed() {
  const auto role = entrance_.current_role();
  if (!role || *role == caller_.role) return;
  caller_.role = *role;
  caller_.live->set_role(*caller_.place, *role);
  if (!entrance_.is_opening()) {
    caller_.line->tell(connect::WorkspaceChanged{entrance_.shown()});
  }
}

void ConnectSession::sent_away(CloseCode code, std::string_view reason) {
  caller_.line->close(code, reason);
  leave();
}

// What the connection says --------------------------------------------------------------------

void ConnectSession::on_backlog() {
  is_behind_ = true;
  documents_.fell_behind();
}

void ConnectSession::on_drained() {
  is_behind_ = false;
  documents_.drained();
  if (caller_.place != nullptr) caller_.live->caught_up(*caller_.place);
}

void ConnectSession::on_closed(const net::Ending& /*ending*/) {
  leave();
  caller_.line->hang_up();
}

void ConnectSession::leave() {
  documents_.close_all();
  entrance_.leave();
}

// What the server says ------------------------------------------------------------------------

void ConnectSession::announce_end() {
  if (caller_.phase == Phase::Connected) return;  // nothing is queued before the login
  caller_.line->tell(connect::ServerDraining{kReconnectAfter.count()});
}

void ConnectSession::end_if_drained() {
  if (documents_.are_over() && caller_.line->unanswered() == 0 && held_.empty()) {
    caller_.line->close(CloseCode::GoingAway, "the server is going away");
  }
}

void ConnectSession::hear_decision(const std::string& workspace,
                                   const people::PublicKey& device, bool approved) {
  if (caller_.device != device) return;
  caller_.line->tell(connect::InviteDecided{workspace, approved});
}

}  // namespace plait::server
