#pragma once

#include <string_view>

#include "daemon/crypto/token.h"
#include "daemon/server/access.h"
#include "daemon/support/clock.h"

namespace plait::server {

/// Lets in who has a token of this server's.
class TokenGatekeeper final : public Gatekeeper {
 public:
  /// The clock outlives it.
  TokenGatekeeper(crypto::TokenVerifier verifier, const Clock& clock)
      : verifier_(std::move(verifier)), clock_(clock) {}

  [[nodiscard]] Result<Access> check(std::string_view token) override;

 private:
  crypto::TokenVerifier verifier_;
  const Clock& clock_;
};

/// The same for somebody in every room and after every restart, readable on black and white.
[[nodiscard]] std::string color_of(std::string_view member);

}  // namespace plait::server
