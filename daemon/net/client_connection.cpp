#include "daemon/net/client_connection.h"

#include <array>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/host_name.h"
#include "daemon/crypto/login_proof.h"
#include "protocol/base/base64.h"

namespace plait::net {
namespace {

std::string bracketed(const std::string& host) {
  const bool is_ipv6 = crypto::kind_of_host(host) == crypto::HostKind::IPv6;
  return is_ipv6 ? '[' + host + ']' : host;
}

/// As a Host field names it.
std::string authority(const ClientTarget& target) {
  std::string text = bracketed(target.host);
  const std::uint16_t usual_port = target.tls != nullptr ? 443 : 80;
  if (target.port != usual_port) text.append(":").append(std::to_string(target.port));
  return text;
}

/// 16 random bytes, which is what a handshake wants.
std::string random_key(MaskSource& random) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const MaskKey four = random.next();
    bytes.append(four.data(), four.size());
  }
  return to_base64(bytes);
}

}  // namespace

ClientConnection::ClientConnection(Workbench& bench, MaskSource& masks, Handler& handler)
    : bench_(bench),
      masks_(masks),
      handler_(handler),
      codec_(WebSocketCodec::Role::Client, kMaxMessageBytes) {}

ClientConnection::~ClientConnection() = default;

// --- Getting there -----------------------------------------------------------------------

Result<void> ClientConnection::start(const ClientTarget& target) {
  if (!crypto::kind_of_host(target.host)) {
    return fail(ErrorCode::Malformed, "'" + target.host + "' is no host");
  }
  request_ = {.host = authority(target),
              .target = target.target,
              .origin = target.origin,
              .subprotocols = target.subprotocols,
              .key = random_key(masks_)};
  if (target.tls != nullptr) {
    auto tls = TlsSession::connect(*target.tls, {target.host, target.fingerprint});
    if (!tls) return forward_error(tls);
    tls_ = *std::move(tls);
  }
  if (target.proxy) {
    connect_request_ = connect_request(
        *target.proxy, bracketed(target.host) + ':' + std::to_string(target.port));
  }
  auto connector = loop::TcpConnector::connect(
      bench_.loop(), target.proxy ? target.proxy->host : target.host,
      target.proxy ? target.proxy->port : target.port,
      [this](Result<std::unique_ptr<loop::TcpStream>> stream) {
        on_connected(std::move(stream));
      });
  if (!connector) return forward_error(connector);
  connector_ = *std::move(connector);
  connect_timer_.emplace(bench_.loop(),
                         [this] { give_up("the server cannot be reached in time"); });
  connect_timer_->start(kConnectTime);
  return {};
}

void ClientConnection::on_connected(Result<std::unique_ptr<loop::TcpStream>> stream) {
  if (!stream) return give_up(stream.error().message);
  if (connect_request_.empty()) return on_way_through(std::move(stream));
  tunnel_ =
      std::make_unique<ProxyTunnel>(*std::move(stream), connect_request_,
                                    [this](Result<std::unique_ptr<loop::TcpStream>> through) {
                                      on_way_through(std::move(through));
                                    });
}

void ClientConnection::on_way_through(Result<std::unique_ptr<loop::TcpStream>> stream) {
  if (phase_ != Phase::Connecting) return;  // it took too long
  if (!stream) return give_up(stream.error().message);
  connector_.reset();
  connect_timer_.reset();
  phase_ = Phase::Handshake;
  channel_.emplace(bench_, *std::move(stream), std::move(tls_),
                   static_cast<ChannelHandler&>(*this));
  channel_->start();
}

void ClientConnection::on_ready() {
  ready_at_ = bench_.now();
  channel_->send(to_message(request_));
}

void ClientConnection::take_response(std::span<char> bytes) {
  const auto taken = head_->feed({bytes.data(), bytes.size()});
  if (!taken) return channel_->abort(taken.error().message);
  if (!head_->complete()) return;
  const auto response = parse_response(head_->head());
  if (!response) return channel_->abort(response.error().message);
  const auto subprotocol = check_upgrade_response(*response, request_);
  if (!subprotocol) return channel_->abort(subprotocol.error().message);
  head_.reset();
  request_ = {.host = std::move(request_.host), .key = {}};
  phase_ = Phase::Open;
  handler_.on_open(*subprotocol);
  receive(bytes.subspan(*taken));
}

// --- The WebSocket -----------------------------------------------------------------------

void ClientConnection::send(MessageKind kind, std::string_view payload) {
  Opcode opcode = kind == MessageKind::Text ? Opcode::Text : Opcode::Binary;
  for (; payload.size() > kMaxFrameBytes; payload.remove_prefix(kMaxFrameBytes)) {
    send_frame(opcode, payload.substr(0, kMaxFrameBytes), /*final=*/false);
    opcode = Opcode::Continuation;
  }
  send_frame(opcode, payload);
}

void ClientConnection::send_frame(Opcode opcode, std::string_view payload, bool final) {
  if (phase_ != Phase::Open) return;
  std::string frame;
  frame.reserve(kMaxFrameHeader + payload.size());
  append_client_frame(frame, opcode, payload, masks_.next(), final);
  channel_->send(frame);
}

void ClientConnection::close(CloseCode code, std::string_view reason) {
  if (phase_ != Phase::Open) return;
  own_ending_ = Ending{code, std::string(reason)};
  say_close(*own_ending_);
}

void ClientConnection::say_close(const Ending& ending) {
  send_frame(Opcode::Close, close_payload(ending));
  phase_ = Phase::Closing;
  codec_.stop();
  channel_->finish();
}

void ClientConnection::on_bytes(std::span<char> bytes) {
  if (phase_ == Phase::Handshake) {
    take_response(bytes);
  } else {
    receive(bytes);
  }
}

void ClientConnection::receive(std::span<char> bytes) {
  if (const auto fault = codec_.feed(bytes, *this)) {
    say_close(*fault);
    be_over(*fault);
  }
}

void ClientConnection::on_message(MessageKind kind, std::string_view payload) {
  handler_.on_message(kind, payload);
}

void ClientConnection::on_ping(std::string_view payload) { send_frame(Opcode::Pong, payload); }

void ClientConnection::on_close(const Ending& ending) {
  say_close(ending);
  be_over(ending);
}

// --- The end -----------------------------------------------------------------------------

void ClientConnection::on_tick(MonotonicTime now) {
  if (phase_ == Phase::Handshake) {
    if (now - ready_at_ >= kRequestTime) channel_->abort("the server does not answer");
    return;
  }
  codec_.refill_control_budget();
  switch (heartbeat_.next(channel_->silence(now))) {
    case Heartbeat::Action::None: break;
    case Heartbeat::Action::Ping: send_frame(Opcode::Ping, {}); break;
    case Heartbeat::Action::GiveUp: channel_->abort("no sign of life"); break;
  }
}

void ClientConnection::on_gone(std::string_view why) {
  distrusted_server_ = tls() != nullptr && tls()->distrusts_peer();
  be_over(own_ending_.value_or(Ending{CloseCode::NotClosed, std::string(why)}));
}

void ClientConnection::give_up(std::string_view why) {
  const Ending ending{CloseCode::NotClosed, std::string(why)};
  connector_.reset();
  connect_timer_.reset();
  be_over(ending);
}

void ClientConnection::be_over(const Ending& ending) {
  if (std::exchange(phase_, Phase::Over) != Phase::Over) handler_.on_closed(ending);
}

std::size_t ClientConnection::queued_bytes() const noexcept {
  return channel_ ? channel_->queued_bytes() : 0;
}

crypto::LoginChannel ClientConnection::login_channel() const {
  crypto::LoginChannel channel{.binding = {}, .host = host_name(request_.host)};
  if (tls() != nullptr) {
    const auto binding = tls()->export_binding(crypto::kLoginExporterLabel);
    if (binding) channel.binding = crypto::view_of(*binding);
  }
  return channel;
}

}  // namespace plait::net
