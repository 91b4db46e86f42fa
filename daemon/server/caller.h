#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "daemon/crypto/login_proof.h"
#include "daemon/people/directory.h"
#include "daemon/server/client_line.h"
#include "daemon/server/connect_host.h"
#include "daemon/server/live_workspace.h"
#include "daemon/server/pace.h"
#include "protocol/messages/connect/access.h"

namespace plait::server {

/// What a client and the server have agreed on.
struct Capabilities {
  bool durable = false;
  bool hash = false;
  bool presence = false;
  bool feed = false;
  bool blobs = false;
  bool touched = false;
};

/// Who is at the other end of a `/v1/connect` connection, as far as is known: what all parts of
/// a session look at.
struct Caller {
  Caller(ConnectHost& where, std::shared_ptr<ClientLine> client_line, std::string from,
         crypto::LoginChannel login_channel)
      : host(where),
        line(std::move(client_line)),
        address(std::move(from)),
        channel(std::move(login_channel)) {}

  ConnectHost& host;
  std::shared_ptr<ClientLine> line;  ///< shared with whoever owes the client an answer
  std::string address;
  crypto::LoginChannel channel;
  std::shared_ptr<const bool> alive = std::make_shared<const bool>(true);

  messages::connect::Phase phase = messages::connect::Phase::Connected;

  // Once greeted.
  std::string client;  ///< what software
  Capabilities uses;

  // Once logged in, by one of the two.
  struct TokenLogin {
    std::string id;
    std::string workspace;
    std::string member;
    messages::connect::Role role = messages::connect::Role::Viewer;
  };
  std::optional<people::PublicKey> device;
  std::optional<TokenLogin> token;
  std::string wanted_name;

  // Once in a workspace.
  std::string workspace;  ///< the id
  std::string member;     ///< the id
  /// At this moment: the lower of the member's and the token's.
  messages::connect::Role role = messages::connect::Role::Viewer;
  LiveWorkspace* live = nullptr;
  LiveWorkspace::Place* place = nullptr;  ///< null again when the connection is over
  const LeasedClients* leased = nullptr;
  Pace searches;  ///< of all that takes the store a while

  /// As leases are kept under.
  [[nodiscard]] std::string device_bytes() const {
    return device ? std::string(device->begin(), device->end()) : std::string();
  }
  /// Calls back only while the session is there: for what the store answers.
  template <class Call>
  [[nodiscard]] auto while_here(Call call) const {
    return
        [alive = std::weak_ptr<const bool>(alive), call = std::move(call)](auto&&... answer) {
          if (!alive.expired()) call(std::forward<decltype(answer)>(answer)...);
        };
  }
  [[nodiscard]] Actor actor() const { return {member, role}; }
  [[nodiscard]] const people::Directory& directory() const { return host.office().directory(); }
};

}  // namespace plait::server
