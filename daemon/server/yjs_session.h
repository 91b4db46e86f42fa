#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/close_code.h"
#include "daemon/net/peer.h"
#include "daemon/server/member.h"
#include "daemon/server/room.h"
#include "daemon/support/clock.h"
#include "protocol/messages/connect/types.h"

namespace plait::server {

class YjsSession;

/// Who is at the other end of a `/yjs/` connection.
struct YjsVisitor {
  store::Author author;
  std::optional<Identity> identity;  ///< none in an open room
  bool may_write = true;
  /// What he came with, as in Access; without meaning in an open room.
  std::string workspace = {};
  std::string token = {};
  messages::connect::Role token_role = messages::connect::Role::Viewer;
  WallTime expires = {};
  /// Called once, when he has left or was sent away; the session may be gone afterwards.
  std::function<void(YjsSession&)> on_gone = {};
};

/// A standard Yjs provider (y-websocket) in one room: sync and awareness messages of
/// y-protocols, without anything around them.
class YjsSession final : public net::Session, private Member {
 public:
  /// The peer outlives the session.
  YjsSession(net::Peer& peer, YjsVisitor visitor);
  ~YjsSession() override { leave(); }

  /// Brings him to his room, once. What he has said before is said there.
  void enter(Room& room);
  [[nodiscard]] const YjsVisitor& visitor() const noexcept { return visitor_; }
  /// His name or role is another from the next message on.
  void change(Identity identity, bool may_write);
  /// He is to go: nothing that he still sends is taken.
  void end(net::CloseCode code, std::string_view reason);

  void on_message(net::MessageKind kind, std::string_view payload) override;
  void on_backlog() override;
  void on_drained() override;
  void on_closed(const net::Ending&) override { leave(); }

 private:
  [[nodiscard]] Dialect dialect() const override { return Dialect::Yjs; }
  [[nodiscard]] net::Peer& peer() override { return peer_; }
  [[nodiscard]] const store::Author& author() const override { return visitor_.author; }
  [[nodiscard]] const Identity* identity() const override {
    return visitor_.identity ? &*visitor_.identity : nullptr;
  }
  [[nodiscard]] bool may_write() const override { return visitor_.may_write; }
  [[nodiscard]] const LeasedClients* leased() const override { return nullptr; }
  void refused(std::uint64_t update, const Error& error, bool resync) override;
  // A provider has no words for these.
  void durable(std::uint64_t) override {}
  void settled(std::uint64_t, const crypto::Sha256Digest&) override {}
  void dismissed(net::CloseCode code, std::string_view reason) override;

  void hold(std::string_view message);
  void leave();
  void gone();
  void close(net::CloseCode code, std::string_view reason);

  Room* room_ = nullptr;  ///< good while there is a seat
  net::Peer& peer_;
  YjsVisitor visitor_;
  Room::Seat* seat_ = nullptr;     ///< null before he has one, and once it was given up
  std::vector<std::string> held_;  ///< messages that came before
  std::size_t held_bytes_ = 0;
  bool told_to_read_ = false;  ///< that he may not write
  bool closing_ = false;       ///< what still comes is of no interest
};

}  // namespace plait::server
