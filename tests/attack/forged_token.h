#pragma once

#include <optional>
#include <string>

#include "daemon/crypto/token.h"
#include "tests/attack/server_process.h"

namespace plait::attack {

/// A good token, to be made a bad one. It is signed with the server's own key, which a test can
/// read and an attacker cannot.
struct ForgedToken {
  ForgedToken(const ServerProcess& server, const std::string& good);

  crypto::TokenClaims claims;
  crypto::TokenRealm realm;
  std::string header = R"({"alg":"EdDSA","typ":"JWT"})";
  bool other_key = false;
  std::optional<std::string> signature;  ///< instead of a real one

  [[nodiscard]] std::string text() const;

 private:
  std::string key_file_;
};

}  // namespace plait::attack
