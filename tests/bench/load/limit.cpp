/// As little as a server can do that passes on what is said in a room: no CRDT, no storage, no
/// limits of its own. What it takes is what libuv, OpenSSL and WebSocket frames take, and so
/// the measure for servers that do more.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/crypto/certificate.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/signal.h"
#include "daemon/net/peer.h"
#include "daemon/net/websocket_server.h"
#include "daemon/net/workbench.h"
#include "daemon/support/clock.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/message.h"

namespace plait::load {
namespace {

constexpr const char* kUsage =
    "usage: limit [--tls off|FILE]\n"
    "\n"
    "  --tls  a file with a certificate and its key, or none (off)\n";

/// An update, and a state vector, with nothing in it.
constexpr std::string_view kNothing{"\0\0", 2};
constexpr std::string_view kNothingKnown{"\0", 1};

template <class M>
std::string frame_of(const M& message) {
  ByteWriter bytes;
  wire::encode(message, bytes);
  return net::server_frame(net::Opcode::Binary, bytes.view());
}

/// Whoever is in one room, and what they said in this turn.
class Room {
 public:
  void join(net::Peer& peer) {
    peers_.push_back(&peer);
    peer.send(frame_of(wire::SyncStep1{kNothingKnown}));
  }
  void leave(net::Peer& peer) {
    std::erase(peers_, &peer);
    for (Said& said : said_) {
      if (said.by == &peer) said.by = nullptr;
    }
  }

  /// Passed on as it is. True if the room had nothing to pass on before.
  bool say(const net::Peer& peer, std::string_view payload) {
    net::append_server_frame(frames_, net::Opcode::Binary, payload);
    said_.push_back({&peer, frames_.size()});
    return said_.size() == 1;
  }
  /// What the first one brings who brings anything is the room's document.
  void keep(std::string_view update) {
    if (document_.empty() && update != kNothing) document_ = frame_of(wire::SyncStep2{update});
  }
  void answer(net::Peer& peer) const {
    peer.send(document_.empty() ? frame_of(wire::SyncStep2{kNothing}) : document_);
  }

  void deliver() {
    for (net::Peer* peer : peers_) deliver_to(*peer);
    frames_.clear();
    said_.clear();
  }

 private:
  struct Said {
    const net::Peer* by;
    std::size_t end;  ///< in frames_
  };

  /// All but what is his own, in as few pieces as there are.
  void deliver_to(net::Peer& peer) const {
    const std::string_view frames = frames_;
    std::size_t begin = 0;
    std::size_t end = 0;
    for (const Said& said : said_) {
      if (said.by == &peer) {
        if (begin < end) peer.send(frames.substr(begin, end - begin));
        begin = said.end;
      }
      end = said.end;
    }
    if (begin < end) peer.send(frames.substr(begin, end - begin));
  }

  std::vector<net::Peer*> peers_;
  std::string frames_;
  std::vector<Said> said_;
  std::string document_;  ///< as a frame; empty if nobody has brought one
};

/// The rooms that there are, and those that have something to deliver.
struct House {
  std::unordered_map<std::string, std::unique_ptr<Room>> rooms;
  std::vector<Room*> talking;
};

class LimitSession final : public net::Session {
 public:
  LimitSession(House& house, Room& room, net::Peer& peer)
      : house_(house), room_(room), peer_(peer) {
    peer_.set_max_message(net::kMaxMessageBytes);
    room_.join(peer_);
  }

  void on_message(net::MessageKind, std::string_view payload) override {
    const auto message = wire::decode_message(payload);
    if (!message) return peer_.close(net::CloseCode::PolicyViolation, "no message");
    if (std::holds_alternative<wire::SyncStep1>(*message)) return room_.answer(peer_);
    if (const auto* answer = std::get_if<wire::SyncStep2>(&*message)) {
      return room_.keep(answer->update);
    }
    if (room_.say(peer_, payload)) house_.talking.push_back(&room_);
  }
  void on_backlog() override {}
  void on_drained() override {}
  void on_closed(const net::Ending&) override { room_.leave(peer_); }

 private:
  House& house_;
  Room& room_;
  net::Peer& peer_;
};

class LimitServer final : private net::Receptionist {
 public:
  LimitServer()
      : bench_(loop_, clock_),
        end_of_turn_(loop_, [this] { end_of_turn(); }),
        terminate_(loop_, SIGTERM, [this] { loop_.stop(); }),
        interrupt_(loop_, SIGINT, [this] { loop_.stop(); }) {}

  Result<void> listen(std::string_view certificate_file) {
    net::WebSocketServerOptions options;
    std::string fingerprint;
    if (!certificate_file.empty()) {
      std::ifstream file{std::string(certificate_file)};
      const std::string pem{std::istreambuf_iterator<char>(file), {}};
      auto facts = crypto::read_certificate(pem);
      if (!facts) return forward_error(facts);
      auto context = net::TlsContext::server(pem, pem);
      if (!context) return forward_error(context);
      options.tls = *std::move(context);
      fingerprint = facts->fingerprint.text();
    }
    const bool tls = options.tls.has_value();
    auto server = net::WebSocketServer::listen(bench_, std::move(options), *this);
    if (!server) return forward_error(server);
    server_ = *std::move(server);
    std::printf("listening on %s://%s\n", tls ? "wss" : "ws",
                loop::to_text(server_->address()).c_str());
    if (tls) std::printf("fingerprint %s\n", fingerprint.c_str());
    std::fflush(stdout);
    return {};
  }
  void run() { loop_.run(); }

 private:
  void end_of_turn() {
    for (Room* room : std::exchange(house_.talking, {})) room->deliver();
    bench_.end_of_turn();
  }

  std::variant<net::Welcome, net::HttpResponse> receive(const net::ConnectionInfo& info,
                                                        net::Peer& peer) override {
    auto& room = house_.rooms[info.path];
    if (room == nullptr) room = std::make_unique<Room>();
    return net::Welcome{std::make_unique<LimitSession>(house_, *room, peer)};
  }
  void on_refused(const std::string&, const net::HttpResponse&) override {}
  void on_lost(const std::string&, std::string_view) override {}

  House house_;
  loop::Loop loop_;
  SystemClock clock_;
  net::Workbench bench_;
  std::unique_ptr<net::WebSocketServer> server_;
  loop::EndOfTurn end_of_turn_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
};

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() != 2 || arguments[0] != "--tls") {
    std::fputs(kUsage, stderr);
    return 2;
  }
  LimitServer server;
  auto listening = server.listen(arguments[1] == "off" ? std::string_view() : arguments[1]);
  if (!listening) {
    std::fprintf(stderr, "limit: error: %s\n", listening.error().message.c_str());
    return 1;
  }
  server.run();
  return 0;
}

}  // namespace
}  // namespace plait::load

int main(int argc, char** argv) { return plait::load::main(argc, argv); }
