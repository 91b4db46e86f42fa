#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "daemon/document/tree.h"
#include "daemon/server/connect_host.h"
#include "daemon/server/target.h"
#include "daemon/server/yjs_session.h"
#include "protocol/base/result.h"

namespace plait::server {

/// Brings standard providers, who come to a path of a workspace, to the document that the
/// workspace's tree has there. Whoever has to wait for the tree waits here.
class Usher {
 public:
  /// The host outlives the usher.
  explicit Usher(ConnectHost& host) : host_(host) {}

  /// At the end of this turn, or when the tree is loaded, the session enters its room, or is
  /// ended if there is none. It says when it is gone.
  void receive(YjsSession& session, RoomName wish);
  void forget(const YjsSession& session);

  void end_of_turn();
  /// Nobody is brought anywhere any more.
  void drain();

 private:
  struct Guest {
    YjsSession* session;
    RoomName wish;
  };
  void look_up(std::uint64_t number, const Result<const document::Tree*>& tree);

  ConnectHost& host_;
  std::map<std::uint64_t, Guest> guests_;  ///< in the order in which they came
  std::uint64_t last_guest_ = 0;
  std::vector<std::uint64_t> arrived_;  ///< in this turn
};

}  // namespace plait::server
