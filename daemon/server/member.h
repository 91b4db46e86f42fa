#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/crypto/digest.h"
#include "daemon/net/close_code.h"
#include "daemon/net/peer.h"
#include "daemon/server/leased_clients.h"
#include "daemon/server/presence.h"
#include "daemon/store/documents.h"
#include "protocol/base/result.h"

namespace plait::server {

/// Somebody in a room, as the room sees him: a session for one document.
class Member {
 public:
  /// Both speak y-protocols; with Plait's a channel number comes first, since one connection
  /// carries many documents.
  enum class Dialect : std::uint8_t { Yjs, Plait };

  Member() = default;
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;
  virtual ~Member() = default;

  [[nodiscard]] virtual Dialect dialect() const = 0;
  [[nodiscard]] virtual net::Peer& peer() = 0;
  [[nodiscard]] virtual const store::Author& author() const = 0;
  /// Null where everybody is who he says he is.
  [[nodiscard]] virtual const Identity* identity() const = 0;
  /// By his role, at this moment.
  [[nodiscard]] virtual bool may_write() const = 0;
  /// The client ids that his device may insert under. Null for standard providers, who choose
  /// theirs below store::kFirstLeasedClient and keep them.
  [[nodiscard]] virtual const LeasedClients* leased() const = 0;

  /// His update number `update`, counted from one, was refused as in
  /// crdt::Document::apply_checked(). The room has asked him for what got lost if that may be
  /// the reason (`resync`); otherwise it is for him to say what becomes of the connection.
  virtual void refused(std::uint64_t update, const Error& error, bool resync) = 0;
  /// His first `count` updates are on disk, or were known before, or refused.
  virtual void durable(std::uint64_t count) = 0;
  /// Nothing has changed for a while, and this is the hash of the text with his first `count`
  /// updates and all that he was sent.
  virtual void settled(std::uint64_t count, const crypto::Sha256Digest& text_hash) = 0;
  /// The room has no more use for him: his place is gone already.
  virtual void dismissed(net::CloseCode code, std::string_view reason) = 0;
};

}  // namespace plait::server
