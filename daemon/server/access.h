#pragma once

#include <string>
#include <string_view>

#include "daemon/server/presence.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"
#include "protocol/messages/connect/types.h"

namespace plait::server {

/// What somebody may do in a workspace, found out from his token.
struct Access {
  std::string workspace;
  Identity identity;
  bool may_write = false;
  /// The lower of the token's and the member's.
  messages::connect::Role role = messages::connect::Role::Viewer;
  std::string token;  ///< its id
  /// What the token alone would allow: roles change while it is in use.
  messages::connect::Role token_role = messages::connect::Role::Viewer;
  WallTime expires{};
};

/// Knows what tokens say, and who was revoked since.
class Gatekeeper {
 public:
  Gatekeeper() = default;
  Gatekeeper(const Gatekeeper&) = delete;
  Gatekeeper& operator=(const Gatekeeper&) = delete;
  virtual ~Gatekeeper() = default;

  /// Refused with one and the same error, whatever is wrong with it.
  [[nodiscard]] virtual Result<Access> check(std::string_view token) = 0;
};

}  // namespace plait::server
