#include "tests/support/connect_dialer.h"

#include <utility>

namespace plait::support {

ConnectDialer::~ConnectDialer() {
  if (client_.is_connected()) client_.disconnected();
}

Result<void> ConnectDialer::dials(net::ClientTarget target) {
  hangs_up();
  closed_.reset();
  target.target = "/v1/connect";
  target.subprotocols = {std::string(connect::kSubprotocol)};
  net::ClientConnection::Handler& handler = *this;
  connection_ = std::make_unique<net::ClientConnection>(bench_, masks_, handler);
  auto started = connection_->start(target);
  if (!started) connection_.reset();
  return started;
}

void ConnectDialer::hangs_up() {
  if (connection_ == nullptr) return;
  connection_->close(net::CloseCode::GoingAway, "");
  bench_.discard(std::exchange(connection_, nullptr));
  if (client_.is_connected()) client_.disconnected();
}

void ConnectDialer::on_open(std::string_view) {
  ConnectLine& line = *this;
  client_.connected(line, connection_->login_channel());
}

void ConnectDialer::on_closed(const net::Ending& ending) {
  closed_ = ending;
  bench_.discard(std::exchange(connection_, nullptr));
  if (client_.is_connected()) client_.disconnected();
  if (when_closed_) when_closed_();
}

void ConnectDialer::say(net::MessageKind kind, std::string_view payload) {
  if (connection_ != nullptr) connection_->send(kind, payload);
}

}  // namespace plait::support
