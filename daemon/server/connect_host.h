#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/server/access.h"
#include "daemon/server/meters.h"
#include "daemon/server/office.h"
#include "daemon/server/room.h"
#include "daemon/server/workspace_quota.h"
#include "daemon/store/blobs.h"
#include "daemon/store/server_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"

namespace plait::server {

class ConnectSession;
class LiveWorkspace;

/// What the sessions of `/v1/connect` need of the server they are in. It outlives them.
class ConnectHost {
 public:
  ConnectHost() = default;
  ConnectHost(const ConnectHost&) = delete;
  ConnectHost& operator=(const ConnectHost&) = delete;
  virtual ~ConnectHost() = default;

  [[nodiscard]] virtual store::ServerStore& store() = 0;
  [[nodiscard]] virtual const Clock& clock() const = 0;
  [[nodiscard]] virtual Meters& meters() = 0;
  [[nodiscard]] virtual Agenda& agenda() = 0;
  [[nodiscard]] virtual Office& office() = 0;
  [[nodiscard]] virtual Gatekeeper& gatekeeper() = 0;
  [[nodiscard]] virtual Random& random() = 0;
  /// What device keys sign their logins to.
  [[nodiscard]] virtual const std::string& server_id() const = 0;
  [[nodiscard]] virtual bool is_draining() const = 0;

  /// A workspace as it is now: who is there. Good for as long as the server.
  [[nodiscard]] virtual LiveWorkspace& live(const std::string& workspace) = 0;
  [[nodiscard]] virtual WorkspaceQuota& quota(const std::string& workspace) = 0;
  /// The room of a document, `tree` or a file's id. Good while somebody is in it.
  [[nodiscard]] virtual Room& document(const std::string& workspace,
                                       const std::string& name) = 0;

  // Every session, from its construction to its end: the number it is known by.
  [[nodiscard]] virtual std::uint64_t came(ConnectSession& session) = 0;
  virtual void went(std::uint64_t session) = 0;
};

}  // namespace plait::server
