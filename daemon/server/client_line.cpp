#include "daemon/server/client_line.h"

#include <utility>

#include "protocol/base/assert.h"

namespace plait::server {

net::Peer& ClientLine::peer() const {
  PLAIT_ASSERT(peer_ != nullptr, "a line to be open");
  return *peer_;
}

void ClientLine::send(std::string_view frames) {
  if (is_open()) peer_->send(frames);
}

void ClientLine::send_text(std::string_view text) {
  send(net::server_frame(net::Opcode::Text, text));
}

void ClientLine::answer(const jsonrpc::RequestId& id, jsonrpc::Json result) {
  --unanswered_;
  send_text(jsonrpc::write_message(jsonrpc::Response{id, std::move(result)}));
}

void ClientLine::refuse(const jsonrpc::RequestId& id, const jsonrpc::RpcError& error) {
  --unanswered_;
  complain({id, error});
}

void ClientLine::complain(const jsonrpc::ErrorResponse& error) {
  meters_.requests_refused(error.error.code).add();
  send_text(jsonrpc::write_message(error));
}

void ClientLine::close(net::CloseCode code, std::string_view reason) {
  if (!is_open()) return;
  closing_ = true;
  peer_->close(code, reason);
}

}  // namespace plait::server
