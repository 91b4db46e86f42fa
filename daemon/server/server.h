#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/access.h"
#include "daemon/server/room.h"
#include "daemon/server/yjs_session.h"
#include "daemon/store/server_store.h"
#include "daemon/support/clock.h"
#include "daemon/support/metrics.h"
#include "protocol/base/result.h"

namespace plait::server {

/// The sync server without its sockets: rooms, and the sessions that are in them.
///
/// Whoever runs it calls end_of_turn() when everything that was ready has been read, before
/// connections send what is queued, and advance() when next_deadline() has come. Sessions and
/// the answers of the store may come in any order. Not thread-safe.
class Server final : private Room::Host {
 public:
  struct Options {
    /// Everybody may use any path under /yjs/ as a room, for any content, as with the
    /// y-websocket server.
    bool open = false;
  };
  /// All of them outlive the server.
  Server(Options options, store::ServerStore& store, Gatekeeper& gatekeeper, const Clock& clock,
         Metrics& metrics);
  /// Sessions have gone before.
  ~Server() override;

  /// Somebody asks for a connection: a session for him, or what to answer.
  std::variant<net::Welcome, net::HttpResponse> receive(const net::ConnectionInfo& info,
                                                        net::Peer& peer);

  void end_of_turn();
  [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;
  void advance(MonotonicTime now);

  /// Takes nothing new from now on. Everybody is told to come back later as soon as all there
  /// was is durable.
  void drain();
  /// Everything that was taken is durable, and everybody was told.
  [[nodiscard]] bool is_drained() const noexcept;

  [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.size(); }

 private:
  struct Entry {
    std::unique_ptr<Room> room;
    std::optional<MonotonicTime> due;  ///< as in `due_`
  };
  using Rooms = std::unordered_map<std::string, Entry>;

  [[nodiscard]] store::ServerStore& store() override { return store_; }
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  [[nodiscard]] Meters& meters() override { return meters_; }
  void touched(Room& room) override { touched_.push_back(&room); }

  /// Where somebody wants to go, and as whom.
  struct Visit {
    Room::Config room;
    YjsVisitor visitor;
  };
  [[nodiscard]] Result<Visit> admit(const net::ConnectionInfo& info);
  Room& room_for(Room::Config config);
  [[nodiscard]] static std::string key_of(const Room::Config& config);
  void settle(Room& room);
  void schedule(Room& room, Entry& entry);

  const Options options_;
  store::ServerStore& store_;
  Gatekeeper& gatekeeper_;
  const Clock& clock_;
  Meters meters_;
  bool draining_ = false;
  std::uint32_t next_channel_ = 1;  ///< zero is for blobs
  Rooms rooms_;
  std::vector<Room*> touched_;
  /// When rooms want to be called. An entry may be too early: rooms that are busy postpone
  /// their deadlines all the time, and are asked again when the old one has come.
  std::set<std::pair<MonotonicTime, Room*>> due_;
};

}  // namespace plait::server
