#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/net/close_code.h"
#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/server.h"
#include "tests/support/connect_client.h"

namespace plait::support {

/// A ConnectClient on a line that ends in a server's core, in memory and without delays.
class ConnectPerson final : private net::Peer, private ConnectLine {
 public:
  explicit ConnectPerson(ConnectClient::Config config) : client(std::move(config)) {}
  ~ConnectPerson() { goes(); }

  ConnectClient client;

  /// False if he was not let in; refusal() says why.
  bool comes(server::Server& server, const net::ConnectionInfo& info = at_the_door());
  /// His connection is cut: what was on its way is lost, both ways.
  void goes();
  /// Hands the server what he has said. He is not called back meanwhile.
  void sends();
  /// Reads what has come. Does nothing while he is_slow.
  void reads();
  void is_slow(bool slow) noexcept { slow_ = slow; }

  [[nodiscard]] bool is_here() const noexcept { return session_ != nullptr && !closed_; }
  [[nodiscard]] const std::optional<net::Ending>& closed() const noexcept { return closed_; }
  [[nodiscard]] const std::optional<net::HttpResponse>& refusal() const { return refusal_; }
  [[nodiscard]] const std::string& subprotocol() const noexcept { return subprotocol_; }
  [[nodiscard]] std::size_t max_message() const noexcept { return max_message_; }
  [[nodiscard]] std::size_t waiting_bytes() const noexcept { return inbox_.size(); }

  /// How somebody asks who wants to speak this protocol.
  [[nodiscard]] static net::ConnectionInfo at_the_door();

 private:
  struct Said {
    net::MessageKind kind;
    std::string payload;
  };

  // net::Peer
  void send(std::string_view frames) override { inbox_ += frames; }
  void close(net::CloseCode code, std::string_view reason) override;
  [[nodiscard]] std::size_t queued_bytes() const override { return inbox_.size(); }
  void set_max_message(std::size_t bytes) override { max_message_ = bytes; }
  // ConnectLine
  void say(net::MessageKind kind, std::string_view payload) override;

  void hang_up();

  std::unique_ptr<net::Session> session_;
  std::vector<Said> outbox_;
  std::string inbox_;
  bool slow_ = false;
  std::optional<net::Ending> closed_;
  std::optional<net::HttpResponse> refusal_;
  std::string subprotocol_;
  std::size_t max_message_ = net::kMaxMessageBytesBeforeLogin;
};

}  // namespace plait::support
