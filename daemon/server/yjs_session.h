#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "daemon/net/peer.h"
#include "daemon/server/member.h"
#include "daemon/server/room.h"

namespace plait::server {

/// Who is at the other end of a `/yjs/` connection.
struct YjsVisitor {
  store::Author author;
  std::optional<Identity> identity;  ///< none in an open room
  bool may_write = true;
};

/// A standard Yjs provider (y-websocket) in one room: sync and awareness messages of
/// y-protocols, without anything around them.
class YjsSession final : public net::Session, private Member {
 public:
  /// Both outlive the session.
  YjsSession(Room& room, net::Peer& peer, YjsVisitor visitor);
  ~YjsSession() override { leave(); }

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
  void refused(const Error& error, bool resync) override;
  // A provider has no words for these.
  void durable(std::uint64_t) override {}
  void settled(std::uint64_t, const crypto::Sha256Digest&) override {}
  void dismissed(net::CloseCode code, std::string_view reason) override;

  void leave();
  void close(net::CloseCode code, std::string_view reason);

  Room& room_;
  net::Peer& peer_;
  YjsVisitor visitor_;
  Room::Seat* seat_;           ///< null once it was given up
  bool told_to_read_ = false;  ///< that he may not write
  bool closing_ = false;       ///< what still comes is of no interest
};

}  // namespace plait::server
