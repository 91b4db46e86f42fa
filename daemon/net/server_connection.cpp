#include "daemon/net/server_connection.h"

#include <utility>
#include <variant>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/login_proof.h"
#include "protocol/base/assert.h"

namespace plait::net {

ServerConnection::ServerConnection(Workbench& bench, std::unique_ptr<loop::TcpStream> stream,
                                   std::unique_ptr<TlsSession> tls, const ServerRules& rules,
                                   Receptionist& receptionist, Owner& owner)
    : bench_(bench),
      rules_(rules),
      receptionist_(receptionist),
      owner_(owner),
      address_(stream->remote_address().ip),
      codec_(WebSocketCodec::Role::Server, kMaxMessageBytesBeforeLogin),
      channel_(bench, std::move(stream), std::move(tls), *this) {
  if (!rules_.behind_proxy) is_admitted_ = owner_.admit(address_);
}

ServerConnection::~ServerConnection() {
  tell_session({CloseCode::NotClosed, "the server stopped"});
}

void ServerConnection::shut_down() {
  if (session_) {
    close(CloseCode::GoingAway, "the server stops");
  } else {
    channel_.abort("the server stops");
  }
}

// --- The request -------------------------------------------------------------------------

void ServerConnection::on_ready() { ready_at_ = bench_.now(); }

void ServerConnection::on_bytes(std::span<char> bytes) {
  if (is_closing_) return;
  if (is_open()) {
    receive(bytes);
  } else {
    take_request(bytes);
  }
}

void ServerConnection::take_request(std::span<char> bytes) {
  const auto taken = head_->feed({bytes.data(), bytes.size()});
  if (!taken) return refuse(answer_to(taken.error()));
  if (!head_->complete()) return;
  auto request = parse_request(head_->head());
  if (!request) return refuse(answer_to(request.error()));
  auto checked = check_upgrade(*std::move(request), rules_.handshake);
  if (const auto* answer = std::get_if<HttpResponse>(&checked)) return refuse(*answer);
  open(std::get<Upgrade>(std::move(checked)));
  if (!is_closing_) receive(bytes.subspan(*taken));
}

void ServerConnection::open(Upgrade upgrade) {
  if (rules_.behind_proxy) {
    if (!upgrade.forwarded_for.empty()) address_ = std::move(upgrade.forwarded_for);
    is_admitted_ = owner_.admit(address_);
    if (!is_admitted_) {
      return refuse({.status = 429, .body = "Too many connections from your address.\n"});
    }
  }
  ConnectionInfo info{.address = address_,
                      .path = std::move(upgrade.path),
                      .query = std::move(upgrade.query),
                      .host = std::move(upgrade.host),
                      .subprotocols = std::move(upgrade.subprotocols),
                      .channel_binding = {}};
  if (const TlsSession* tls = channel_.tls(); tls != nullptr) {
    // Without a binding nobody can log in by key, which is for the session to say.
    const auto binding = tls->export_binding(crypto::kLoginExporterLabel);
    if (binding) info.channel_binding = crypto::view_of(*binding);
  }

  std::string early;
  early_frames_ = &early;
  auto answer = receptionist_.receive(info, *this);
  early_frames_ = nullptr;
  if (const auto* refusal = std::get_if<HttpResponse>(&answer)) return refuse(*refusal);

  auto& welcome = std::get<Welcome>(answer);
  session_ = std::move(welcome.session);
  channel_.send(upgrade_response(upgrade.key, welcome.subprotocol));
  channel_.send(early);
  head_.reset();
}

void ServerConnection::refuse(const HttpResponse& response) {
  receptionist_.on_refused(address_, response);
  is_closing_ = true;
  channel_.send(to_message(response));
  channel_.finish();
}

// --- The WebSocket -----------------------------------------------------------------------

void ServerConnection::receive(std::span<char> bytes) {
  if (const auto fault = codec_.feed(bytes, *this)) {
    say_close(*fault);
    tell_session(*fault);
  }
}

void ServerConnection::on_message(MessageKind kind, std::string_view payload) {
  session_->on_message(kind, payload);
}

void ServerConnection::on_ping(std::string_view payload) {
  channel_.send(server_frame(Opcode::Pong, payload));
}

void ServerConnection::on_close(const Ending& ending) {
  say_close(ending);
  tell_session(ending);
}

void ServerConnection::send(std::string_view frames) {
  if (early_frames_ != nullptr) {
    early_frames_->append(frames);
  } else if (!is_closing_) {
    channel_.send(frames);
  }
}

void ServerConnection::close(CloseCode code, std::string_view reason) {
  PLAIT_ASSERT(early_frames_ == nullptr, "a connection to be refused before it is welcomed");
  say_close({code, std::string(reason)});
}

void ServerConnection::say_close(const Ending& ending) {
  if (std::exchange(is_closing_, true)) return;
  codec_.stop();
  channel_.send(server_frame(Opcode::Close, close_payload(ending)));
  channel_.finish();
}

void ServerConnection::tell_session(const Ending& ending) {
  if (const auto session = std::move(session_)) session->on_closed(ending);
}

// --- Both --------------------------------------------------------------------------------

void ServerConnection::on_backlog() {
  if (session_) session_->on_backlog();
}

void ServerConnection::on_drained() {
  if (session_) session_->on_drained();
}

void ServerConnection::on_tick(MonotonicTime now) {
  if (!is_open()) {
    if (now - ready_at_ >= kRequestTime) {
      refuse({.status = 408, .body = "The request took too long.\n"});
    }
    return;
  }
  codec_.refill_control_budget();
  switch (heartbeat_.next(channel_.silence(now))) {
    case Heartbeat::Action::None: break;
    case Heartbeat::Action::Ping: channel_.send(server_frame(Opcode::Ping, {})); break;
    case Heartbeat::Action::GiveUp: channel_.abort("no sign of life"); break;
  }
}

void ServerConnection::on_gone(std::string_view why) {
  if (!is_open() && !is_closing_) {
    receptionist_.on_lost(address_, why);
  }
  tell_session({CloseCode::NotClosed, std::string(why)});
  owner_.release(*this);
}

}  // namespace plait::net
