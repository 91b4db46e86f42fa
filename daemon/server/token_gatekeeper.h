#pragma once

#include <string_view>
#include <utility>

#include "daemon/crypto/token.h"
#include "daemon/people/directory.h"
#include "daemon/server/access.h"
#include "daemon/support/clock.h"

namespace plait::server {

/// Lets in who has a token of this server's that was not revoked, and is still a member.
class TokenGatekeeper final : public Gatekeeper {
 public:
  /// Directory and clock outlive it.
  TokenGatekeeper(crypto::TokenVerifier verifier, const people::Directory& directory,
                  const Clock& clock)
      : verifier_(std::move(verifier)), directory_(directory), clock_(clock) {}

  [[nodiscard]] Result<Access> check(std::string_view token) override;

 private:
  crypto::TokenVerifier verifier_;
  const people::Directory& directory_;
  const Clock& clock_;
};

}  // namespace plait::server
