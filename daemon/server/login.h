#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "daemon/server/caller.h"
#include "daemon/server/responder.h"
#include "daemon/support/agenda.h"
#include "protocol/messages/connect/session.h"
#include "protocol/messages/connect/workspace.h"

namespace plait::server {

/// Finds out who a client is: `hello`, and the two logins. Whoever takes too long, is refused
/// too often, or whose token expires, is sent away.
class Login {
 public:
  /// The caller outlives it.
  explicit Login(Caller& caller);

  using Hello = messages::connect::Hello;
  using LoginKey = messages::connect::LoginKey;
  using LoginToken = messages::connect::LoginToken;
  void handle(const Hello& hello, const Responder<Hello>& responder);
  void handle(const LoginKey& login, const Responder<LoginKey>& responder);
  void handle(const LoginToken& login, const Responder<LoginToken>& responder);

 private:
  void logged_in();
  void refuse(Counter& reason, const auto& responder);
  void be_late();

  Caller& caller_;
  std::optional<std::array<std::uint8_t, 32>> nonce_;  ///< good for one attempt
  int refusals_ = 0;
  Alarm deadline_;  ///< of the login; afterwards of the token
};

}  // namespace plait::server
