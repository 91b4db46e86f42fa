#include "tests/sim/system/server_link.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/crypto/login_proof.h"

namespace plait::sim::system {

ServerLink::ServerLink(const Around& around, sync::Session& session)
    : around_(around),
      session_(session),
      backoff_(around.random),
      redial_at_(around.clock.now()) {}

ServerLink::~ServerLink() {
  if (line_ != nullptr) line_->leave();
  session_.disconnected({net::CloseCode::GoingAway, "the program ends"});
  around_.on_gone(this);
}

void ServerLink::try_now() {
  session_.may_try_again();
  if (line_ != nullptr) return;
  backoff_.reset();
  redial_at_ = around_.clock.now();
}

void ServerLink::dial() {
  redial_at_.reset();
  conversation_ = {};
  online_since_.reset();
  net::ConnectionInfo info;
  info.address = "m" + std::to_string(around_.machine);
  info.host = "plait.example";
  info.path = "/v1/connect";
  info.subprotocols = {std::string(sync::connect::kSubprotocol)};
  info.channel_binding = std::string(crypto::kChannelBindingBytes, 'b');
  line_ = around_.server.connect(info, around_.machine, *this, [this] { line_.reset(); });
  if (line_ == nullptr) session_.unreachable({sync::Absence::Cut, "nobody answers"});
}

// The connection ------------------------------------------------------------------------------

void ServerLink::connected(support::ConnectLine& line, crypto::LoginChannel channel) {
  out_ = &line;
  sync::Line& own_end = *this;
  session_.connected(own_end, std::move(channel));
}

void ServerLink::received(net::MessageKind kind, std::string_view payload) {
  session_.received(kind, payload);
}

void ServerLink::disconnected() {
  out_ = nullptr;
  if (online_since_) conversation_ = around_.clock.now() - *online_since_;
  session_.disconnected(line_->ending().value_or(net::Ending{}));
}

void ServerLink::send(net::MessageKind kind, std::string_view payload) {
  if (out_ != nullptr) out_->say(kind, payload);
}

void ServerLink::close(net::CloseCode /*code*/, std::string_view /*reason*/) {
  out_ = nullptr;
  line_->leave();
}

// Time ----------------------------------------------------------------------------------------

std::optional<MonotonicTime> ServerLink::next_deadline() const {
  const auto due = session_.next_deadline();
  if (!redial_at_) return due;
  return due ? std::min(*due, *redial_at_) : *redial_at_;
}

void ServerLink::advance() {
  if (redial_at_ && *redial_at_ <= around_.clock.now()) dial();
  session_.advance(around_.clock.now());
}

void ServerLink::settle() {
  const MonotonicTime now = around_.clock.now();
  if (out_ == nullptr && line_ != nullptr && !line_->program_is_on()) line_.reset();
  if (session_.is_online() && !online_since_) online_since_ = now;
  const bool redials = line_ == nullptr && !session_.stopped();
  if (redials && !redial_at_) {
    const auto& returns = session_.returns_after();
    const bool is_expected = returns && conversation_ > sync::Backoff::Duration::zero();
    redial_at_ = now + (is_expected ? backoff_.somewhat_later_than(*returns)
                                    : backoff_.after(conversation_));
  }
  if (!redials) redial_at_.reset();
}

}  // namespace plait::sim::system
