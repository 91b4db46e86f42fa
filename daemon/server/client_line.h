#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/net/close_code.h"
#include "daemon/net/peer.h"
#include "daemon/net/websocket_frame.h"
#include "daemon/server/meters.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/close_reason.h"

namespace plait::server {

/// A notification as a WebSocket frame, the same for everybody who gets it.
template <class M>
[[nodiscard]] std::string notification_frame(const M& message) {
  return net::server_frame(net::Opcode::Text,
                           jsonrpc::write_message(jsonrpc::Notification{
                               std::string(M::kMethod), jsonrpc::write_fields(message)}));
}

[[nodiscard]] constexpr net::CloseCode close_code(messages::connect::CloseReason why) noexcept {
  return net::CloseCode{static_cast<std::uint16_t>(why)};
}

/// The way to the client of one `/v1/connect` connection, for everything that has something to
/// say to him. It stays when he has gone, and what is said then is lost, so that whoever
/// answers late need not know.
class ClientLine {
 public:
  /// The peer is good until hang_up(), the meters always.
  ClientLine(net::Peer& peer, Meters& meters) : peer_(&peer), meters_(meters) {}
  ClientLine(const ClientLine&) = delete;
  ClientLine& operator=(const ClientLine&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return peer_ != nullptr && !closing_; }
  [[nodiscard]] std::size_t queued_bytes() const {
    return is_open() ? peer_->queued_bytes() : 0;
  }
  /// Only while it is open.
  [[nodiscard]] net::Peer& peer() const;

  void send(std::string_view frames);
  void answer(const jsonrpc::RequestId& id, jsonrpc::Json result);
  void refuse(const jsonrpc::RequestId& id, const jsonrpc::RpcError& error);
  /// To whoever said something that was no message.
  void complain(const jsonrpc::ErrorResponse& error);
  template <class M>
  void tell(const M& notification) {
    send(notification_frame(notification));
  }

  void close(net::CloseCode code, std::string_view reason);
  void close(messages::connect::CloseReason why, std::string_view reason) {
    close(close_code(why), reason);
  }
  void hang_up() noexcept { peer_ = nullptr; }

  // Requests that have not been answered.
  void expect_answer() noexcept { ++unanswered_; }
  [[nodiscard]] std::size_t unanswered() const noexcept { return unanswered_; }

 private:
  void send_text(std::string_view text);

  net::Peer* peer_;
  Meters& meters_;
  bool closing_ = false;
  std::size_t unanswered_ = 0;
};

}  // namespace plait::server
