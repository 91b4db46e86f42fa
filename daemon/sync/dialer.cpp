#include "daemon/sync/dialer.h"

#include <algorithm>
#include <utility>

#include "protocol/messages/connect/session.h"

namespace plait::sync {

Dialer::Dialer(net::Workbench& bench, net::MaskSource& masks, Random& random,
               const net::TlsContext* tls, Session& session, ServerAddress address)
    : bench_(bench),
      masks_(masks),
      tls_(tls),
      session_(session),
      address_(std::move(address)),
      backoff_(random),
      timer_(bench.loop(), [this] { wake(); }),
      end_of_turn_(bench.loop(), [this] { settle(); }) {}

Dialer::~Dialer() {
  connection_.reset();  // it would call back
  session_.disconnected({net::CloseCode::GoingAway, "the program ends"});
}

void Dialer::start() {
  is_started_ = true;
  if (connection_ == nullptr) dial();
}

/// What is not open yet goes when it is.
void Dialer::stop() {
  is_started_ = false;
  if (!is_open_) return;
  close(net::CloseCode::GoingAway, {});
  session_.disconnected({net::CloseCode::GoingAway, "we have hung up"});
}

void Dialer::try_now() {
  session_.may_try_again();
  if (!is_started_ || connection_ != nullptr) return;
  backoff_.reset();
  dial();
}

void Dialer::dial() {
  redial_at_.reset();
  conversation_ = {};
  online_since_.reset();
  net::ClientConnection::Handler& handler = *this;
  connection_ = std::make_unique<net::ClientConnection>(bench_, masks_, handler);
  const auto started = connection_->start({.host = address_.host,
                                           .port = address_.port,
                                           .target = "/v1/connect",
                                           .tls = tls_,
                                           .fingerprint = address_.fingerprint,
                                           .subprotocols = {std::string(connect::kSubprotocol)},
                                           .proxy = address_.proxy});
  if (started) return;
  connection_.reset();
  session_.unreachable({Absence::Cut, started.error().message});
}

// The connection -----------------------------------------------------------------------------

void Dialer::on_open(std::string_view subprotocol) {
  is_open_ = true;
  if (!is_started_) return close(net::CloseCode::GoingAway, {});
  if (subprotocol != connect::kSubprotocol) {
    close(net::CloseCode::ProtocolError, "no plait.1");
    return session_.unreachable({Absence::Cut, "what answers is no server of Plait's"});
  }
  Line& line = *this;
  session_.connected(line, connection_->login_channel());
}

void Dialer::on_message(net::MessageKind kind, std::string_view payload) {
  session_.received(kind, payload);
}

void Dialer::on_closed(const net::Ending& ending) {
  const bool distrusted = connection_->distrusted_server();
  const bool was_open = std::exchange(is_open_, false);
  const bool was_closed = std::exchange(is_closing_, false);
  if (online_since_) conversation_ = bench_.now() - *online_since_;
  bench_.discard(std::exchange(connection_, nullptr));
  if (was_closed) return;
  if (was_open) return session_.disconnected(ending);
  session_.unreachable({distrusted ? Absence::OtherServer : Absence::Cut, ending.reason});
}

void Dialer::send(net::MessageKind kind, std::string_view payload) {
  connection_->send(kind, payload);
}

/// on_closed() comes later: the server is to hear of it.
void Dialer::close(net::CloseCode code, std::string_view reason) {
  is_open_ = false;
  is_closing_ = true;
  connection_->close(code, reason);
}

std::size_t Dialer::queued_bytes() const { return connection_->queued_bytes(); }

// Time ---------------------------------------------------------------------------------------

/// At the end of each turn: whatever happened in it, this is what comes next.
void Dialer::settle() {
  const MonotonicTime now = bench_.now();
  if (session_.is_online() && !online_since_) online_since_ = now;
  const bool redials = is_started_ && connection_ == nullptr && !session_.stopped();
  if (redials && !redial_at_) redial_at_ = now + pause();
  if (!redials) redial_at_.reset();

  std::optional<MonotonicTime> due = session_.next_deadline();
  if (redial_at_ && (!due || *redial_at_ < *due)) due = redial_at_;
  if (std::exchange(timer_at_, due) == due) return;
  if (due) {
    timer_.start_at(*due);
  } else {
    timer_.stop();
  }
}

MonotonicTime::duration Dialer::pause() {
  if (const auto& returns = session_.returns_after()) {
    if (conversation_ > MonotonicTime::duration::zero()) {
      return backoff_.somewhat_later_than(*returns);
    }
  }
  return backoff_.after(conversation_);
}

void Dialer::wake() {
  timer_at_.reset();
  const MonotonicTime now = bench_.now();
  if (redial_at_ && *redial_at_ <= now) dial();
  session_.advance(now);
}

}  // namespace plait::sync
