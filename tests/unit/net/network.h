#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/certificate.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/tcp_connector.h"
#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/peer.h"
#include "daemon/net/tls.h"
#include "daemon/net/websocket_server.h"
#include "daemon/net/workbench.h"
#include "tests/support/run_until.h"

namespace plait::net {

/// Stands still until it is told to go on.
class HandClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override { return now_; }
  [[nodiscard]] WallTime wall() const override { return {}; }
  void advance(MonotonicTime::duration by) { now_ += by; }

 private:
  MonotonicTime now_{std::chrono::hours{1}};
};

/// A certificate for this machine, made once.
inline const crypto::Certificate& this_machine() {
  static const crypto::Certificate kMade = [] {
    crypto::SystemRandom random;
    return crypto::make_certificate({"localhost", "127.0.0.1"}, random, SystemClock().wall())
        .value();
  }();
  return kMade;
}

inline TlsContext server_context() {
  return TlsContext::server(this_machine().certificate_pem, this_machine().key_pem.view())
      .value();
}

inline crypto::Fingerprint fingerprint() {
  return crypto::read_certificate(this_machine().certificate_pem).value().fingerprint;
}

/// A session that writes down what it hears, "text hi|", and does as it is told.
struct Guest final : Session {
  Guest(Peer& to, std::string& notes) : peer(to), log(notes) {}

  void on_message(MessageKind kind, std::string_view payload) override {
    if (payload == "close me") return peer.close(CloseCode{4001}, "as you wish");
    if (payload == "trust me") return peer.set_max_message(kMaxMessageBytes);
    log += kind == MessageKind::Text ? "text " : "binary ";
    log.append(payload.substr(0, 100)) += '|';
  }
  void on_backlog() override { log += "backlog|"; }
  void on_drained() override { log += "drained|"; }
  void on_closed(const Ending& ending) override {
    log += "closed " + std::to_string(number(ending.code)) + ' ' + ending.reason + '|';
  }

  Peer& peer;
  std::string& log;
};

/// Welcomes everybody but those who ask for /nowhere.
struct House final : Receptionist {
  std::variant<Welcome, HttpResponse> receive(const ConnectionInfo& asked,
                                              Peer& peer) override {
    info = asked;
    if (asked.path == "/nowhere") return HttpResponse{.status = 404, .body = "Nobody there.\n"};
    if (asked.path == "/greeted") peer.send(server_frame(Opcode::Text, "welcome"));
    auto made = std::make_unique<Guest>(peer, log);
    guest = made.get();
    return Welcome{std::move(made),
                   asked.subprotocols.empty() ? std::string() : asked.subprotocols.front()};
  }
  void on_refused(const std::string& /*address*/, const HttpResponse& answer) override {
    log += "refused " + std::to_string(answer.status) + '|';
  }
  void on_lost(const std::string& /*address*/, std::string_view why) override {
    log.append("lost: ").append(why) += '|';
  }

  ConnectionInfo info;
  Guest* guest = nullptr;  ///< the newest
  std::string log;         ///< of all guests
};

/// A WebSocket client that writes down what it hears.
struct Person final : ClientConnection::Handler {
  explicit Person(Workbench& to, MaskSource& masks)
      : bench(to), connection(std::make_unique<ClientConnection>(to, masks, *this)) {}

  void on_open(std::string_view subprotocol) override {
    log.append("open ").append(subprotocol) += '|';
  }
  void on_message(MessageKind kind, std::string_view payload) override {
    log += kind == MessageKind::Text ? "text " : "binary ";
    log.append(payload.substr(0, 100)) += '|';
    heard += payload.size();
  }
  void on_backlog() override { log += "backlog|"; }
  void on_drained() override { log += "drained|"; }
  void on_closed(const Ending& ending) override {
    log += "closed " + std::to_string(number(ending.code)) + ' ' + ending.reason + '|';
    bench.discard(std::move(connection));
  }

  Workbench& bench;
  std::string log;
  std::size_t heard = 0;
  std::unique_ptr<ClientConnection> connection;
};

/// A TCP client without manners.
struct Stranger final : loop::StreamHandler {
  Stranger(loop::Loop& loop, std::uint16_t port)
      : connector(loop::TcpConnector::connect(loop, "127.0.0.1", port, [this](auto connected) {
                    stream = std::move(connected).value();
                    stream->start_reading(*this);
                    stream->write(first_words);
                  }).value()) {}

  void say(std::string_view bytes) {
    if (stream) {
      stream->write(bytes);
    } else {
      first_words += bytes;
    }
  }

  void on_bytes(std::span<char> bytes) override {
    heard.append(bytes.data(), bytes.size());
    ++reads;
  }
  void on_end() override { has_ended = true; }
  void on_failed(const Error& /*error*/) override { has_ended = true; }
  void on_drained() override {}

  std::string first_words;
  std::string heard;
  int reads = 0;
  bool has_ended = false;
  std::unique_ptr<loop::TcpStream> stream;
  std::unique_ptr<loop::TcpConnector> connector;
};

/// A loop with what connections share, and a clock that the test moves.
struct Network {
  loop::Loop loop;
  HandClock clock;
  crypto::SystemRandom random;
  MaskSource masks{random};
  Workbench bench{loop, clock};
  loop::EndOfTurn end_of_turn{loop, [this] { bench.end_of_turn(); }};

  template <class Holds>
  void until(Holds holds) {
    support::run_until(loop, holds);
  }
  void until_heard(const std::string& log, std::string_view words) {
    until([&] { return log.find(words) != std::string::npos; });
  }
  /// Second by second, as it goes.
  void pass(std::chrono::seconds time) {
    for (; time.count() > 0; --time) {
      clock.advance(std::chrono::seconds{1});
      bench.tick();
      bench.end_of_turn();
    }
  }
};

inline const std::string kHello =
    "GET /a HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

inline std::string masked(Opcode opcode, std::string_view payload) {
  std::string frame;
  append_client_frame(frame, opcode, payload, {'k', 'e', 'y', '!'});
  return frame;
}

/// A network with one server on it.
struct ServerNetwork : Network {
  House house;
  std::unique_ptr<WebSocketServer> server;

  void open(WebSocketServerOptions options = {}) {
    server = WebSocketServer::listen(bench, std::move(options), house).value();
  }
  void open_with_tls() { open({.tls = server_context()}); }

  [[nodiscard]] std::uint16_t port() const { return server->address().port; }
  [[nodiscard]] ClientTarget target() const {
    return {.host = "127.0.0.1", .port = port(), .target = "/a?b=c"};
  }
};

}  // namespace plait::net
