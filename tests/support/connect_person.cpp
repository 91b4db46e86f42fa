#include "tests/support/connect_person.h"

#include <variant>

#include "daemon/net/channel.h"
#include "daemon/net/websocket_handshake.h"
#include "protocol/base/assert.h"
#include "tests/support/server_message.h"

namespace plait::support {

net::ConnectionInfo ConnectPerson::at_the_door() {
  net::ConnectionInfo info;
  info.address = "192.0.2.1";
  info.path = "/v1/connect";
  info.host = "plait.example";
  info.subprotocols = {std::string(connect::kSubprotocol)};
  info.channel_binding = std::string(32, 'b');
  return info;
}

bool ConnectPerson::comes(server::Server& server, const net::ConnectionInfo& info) {
  goes();
  net::Peer& peer = *this;
  auto answer = server.receive(info, peer);
  if (auto* refused = std::get_if<net::HttpResponse>(&answer)) {
    refusal_ = std::move(*refused);
    return false;
  }
  refusal_.reset();
  auto& welcome = std::get<net::Welcome>(answer);
  session_ = std::move(welcome.session);
  subprotocol_ = std::move(welcome.subprotocol);
  ConnectLine& line = *this;
  client.connected(line, {info.channel_binding, net::host_name(info.host)});
  return true;
}

void ConnectPerson::hang_up() {
  if (session_ == nullptr) return;
  session_->on_closed({});
  session_.reset();
  client.disconnected();
}

void ConnectPerson::goes() {
  hang_up();
  outbox_.clear();
  inbox_.clear();
  closed_.reset();
  max_message_ = net::kMaxMessageBytesBeforeLogin;
}

void ConnectPerson::say(net::MessageKind kind, std::string_view payload) {
  if (is_here()) outbox_.push_back({kind, std::string(payload)});
}

void ConnectPerson::sends() {
  for (const Said& said : std::exchange(outbox_, {})) {
    if (!is_here()) return;
    if (said.payload.size() > max_message_) {
      close(net::CloseCode::TooBig, "the message is too large");
    } else {
      session_->on_message(said.kind, said.payload);
    }
  }
}

void ConnectPerson::close(net::CloseCode code, std::string_view reason) {
  PLAIT_ASSERT(!closed_, "a connection to be closed once");
  closed_ = net::Ending{code, std::string(reason)};
}

void ConnectPerson::reads() {
  if (slow_) {
    if (is_here() && inbox_.size() > net::kBacklogBytes) session_->on_backlog();
    return;
  }
  const std::string arrived = std::exchange(inbox_, {});
  std::string_view rest = arrived;
  while (!rest.empty() && session_ != nullptr) {
    const ServerMessage said = take_message(rest);
    client.received(said.kind, said.payload);
  }
  if (is_here()) {
    session_->on_drained();
  } else {  // the edge has closed what the server wanted closed
    hang_up();
  }
}

}  // namespace plait::support
