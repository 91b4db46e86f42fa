#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/net/http_head.h"
#include "daemon/net/peer.h"
#include "daemon/server/access.h"
#include "daemon/server/connect_host.h"
#include "daemon/server/connect_session.h"
#include "daemon/server/live_workspace.h"
#include "daemon/server/office.h"
#include "daemon/server/room.h"
#include "daemon/server/target.h"
#include "daemon/server/usher.h"
#include "daemon/server/workspace_quota.h"
#include "daemon/server/yjs_attendee.h"
#include "daemon/server/yjs_session.h"
#include "daemon/store/server_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/metrics.h"
#include "protocol/base/result.h"

namespace plait::server {

/// The sync server without its sockets: rooms, workspaces, and the sessions that are in them.
///
/// Whoever runs it calls end_of_turn() when everything that was ready has been read, before
/// connections send what is queued, and advance() when next_deadline() has come. Sessions and
/// the answers of the store may come in any order. Not thread-safe.
class Server final : private Room::Host,
                     private LiveWorkspace::Host,
                     private ConnectHost,
                     private OfficeListener {
 public:
  struct Options {
    /// Everybody may use any path under /yjs/ as a room, for any content, as with the
    /// y-websocket server.
    bool open = false;
    /// Bytes that a workspace may keep: documents and binary files together.
    std::uint64_t workspace_quota = store::BlobQuota{}.workspace;
    /// The same for all open rooms together.
    std::uint64_t open_quota = WorkspaceQuota::kUnlimited;
  };
  /// What `/v1/connect` takes. The server listens to the office.
  struct Workspaces {
    Office& office;
    Random& random;
    /// What device keys sign their logins to; the same after every restart.
    std::string server_id;
  };
  /// All of them outlive the server. Without workspaces there is `/yjs/` alone, and nobody
  /// hears of changes to members.
  Server(Options options, store::ServerStore& store, Gatekeeper& gatekeeper, const Clock& clock,
         Metrics& metrics, std::optional<Workspaces> workspaces = std::nullopt);
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

  [[nodiscard]] Meters& meters() override { return meters_; }
  [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.size(); }
  /// Connections to `/v1/connect`.
  [[nodiscard]] std::size_t client_count() const noexcept { return clients_.size(); }
  /// Providers that come with a token.
  [[nodiscard]] std::size_t provider_count() const noexcept { return providers_.size(); }
  /// What rooms hold in encoded form.
  [[nodiscard]] std::size_t encoded_bytes() const noexcept;

 private:
  using Rooms = std::unordered_map<std::string, std::unique_ptr<Room>>;
  /// Rooms that are due together are called in the order of their numbers: what happens does
  /// not depend on where they lie in memory.
  using Due = std::tuple<MonotonicTime, wire::Channel, Room*>;

  [[nodiscard]] store::ServerStore& store() override { return store_; }
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  void touched(Room& room) override { touched_.push_back(&room); }

  [[nodiscard]] const people::Directory& directory() const override {
    return workspaces_->office.directory();
  }
  void went_offline(const std::string& workspace, const std::string& member) override {
    workspaces_->office.went_offline(workspace, member);
  }
  void touched(LiveWorkspace& workspace) override { touched_live_.push_back(&workspace); }

  [[nodiscard]] Agenda& agenda() override { return agenda_; }
  [[nodiscard]] Office& office() override { return workspaces_->office; }
  [[nodiscard]] Gatekeeper& gatekeeper() override { return gatekeeper_; }
  [[nodiscard]] Random& random() override { return workspaces_->random; }
  [[nodiscard]] const std::string& server_id() const override { return workspaces_->server_id; }
  [[nodiscard]] bool is_draining() const override { return draining_; }
  [[nodiscard]] LiveWorkspace& live(const std::string& workspace) override;
  [[nodiscard]] WorkspaceQuota& quota(const std::string& workspace) override;
  [[nodiscard]] ChangeRelay& changes(const std::string& workspace) override {
    return live(workspace).changes();
  }
  [[nodiscard]] Room& document(const std::string& workspace, const std::string& name) override;
  [[nodiscard]] std::uint64_t came(ConnectSession& session) override;
  void went(std::uint64_t session) override { clients_.erase(session); }

  void member_changed(const std::string& workspace, const std::string& member) override;
  void member_removed(const std::string& workspace, const std::string& member,
                      messages::connect::CloseReason why, const std::string& reason) override;
  void kicked(const std::string& workspace, const std::string& member,
              const std::string& reason) override;
  void waiting_changed(const std::string& workspace) override;
  void decided(const std::string& workspace, const people::PublicKey& device,
               bool approved) override;
  void token_revoked(const std::string& token) override;
  void activity(const std::string& workspace, std::uint64_t sequence) override;
  /// Null if nobody was ever in it.
  [[nodiscard]] LiveWorkspace* find_live(const std::string& workspace);

  /// Where somebody wants to go, and as whom.
  struct Visit {
    RoomName room;
    YjsVisitor visitor;
  };
  [[nodiscard]] Result<Visit> admit(const net::ConnectionInfo& info);
  std::variant<net::Welcome, net::HttpResponse> receive_client(const net::ConnectionInfo& info,
                                                               net::Peer& peer);
  void introduce(YjsSession& session);
  Room& room_for(Room::Config config);
  [[nodiscard]] static std::string key_of(const Room::Config& config);
  void settle(Room& room);
  void schedule(Room& room);

  const Options options_;
  store::ServerStore& store_;
  Gatekeeper& gatekeeper_;
  const Clock& clock_;
  Meters meters_;
  std::optional<Workspaces> workspaces_;
  Agenda agenda_;
  bool draining_ = false;
  std::uint32_t next_channel_ = 1;  ///< zero is for blobs
  /// Of workspaces that somebody has been in.
  std::map<std::string, std::unique_ptr<WorkspaceQuota>, std::less<>> quotas_;
  /// Workspaces that somebody has been in. They are few, and small when they are empty.
  std::map<std::string, std::unique_ptr<LiveWorkspace>, std::less<>> live_;
  Rooms rooms_;
  std::vector<Room*> touched_;
  /// When rooms want to be called. An entry may be too early: rooms that are busy postpone
  /// their deadlines all the time, and are asked again when the old one has come.
  std::set<Due> due_;
  std::vector<LiveWorkspace*> touched_live_;
  std::map<std::uint64_t, ConnectSession*> clients_;  ///< in the order in which they came
  std::uint64_t last_client_ = 0;
  std::unordered_map<YjsSession*, std::unique_ptr<YjsAttendee>> providers_;
  Usher usher_{*this};
};

/// Who this server is, to its clients: drawn at the first start and remembered.
[[nodiscard]] std::string server_id(Office& office, Random& random);

}  // namespace plait::server
