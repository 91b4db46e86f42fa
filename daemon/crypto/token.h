#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/crypto/signing_key.h"
#include "daemon/crypto/token_claims.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

// Short-lived signed tokens: JSON Web Tokens of one kind only (ADR 10). The header is a
// constant, and a verifier knows its key before it sees a token, so a token cannot choose how
// it is checked.

/// Longer ones are refused unread. The longest claims take 1,282 bytes.
inline constexpr std::size_t kMaxTokenBytes = 1'536;
/// From not-before to expiry. What has to last longer asks for a new token.
inline constexpr std::chrono::seconds kMaxTokenLifetime = std::chrono::hours{24};
/// How much too early a token may come, for clocks that were set back. None too late: that
/// would only make it last longer.
inline constexpr std::chrono::seconds kTokenSkew{30};

/// A name for a token, which nobody can guess.
[[nodiscard]] std::string make_token_id(Random& random);

class TokenIssuer {
 public:
  /// The key signs nothing but tokens.
  TokenIssuer(SigningKey key, TokenRealm realm)
      : key_(std::move(key)), realm_(std::move(realm)) {}

  /// OutOfRange for claims that no verifier would take.
  Result<std::string> issue(const TokenClaims& claims) const;

  [[nodiscard]] const PublicKey& public_key() const noexcept { return key_.public_key(); }

 private:
  SigningKey key_;
  TokenRealm realm_;
};

/// Why a token is refused; for logs and counters, never for who sent it.
enum class TokenFault : std::uint8_t {
  TooLong,
  Form,       ///< not three parts, or not base64
  Header,     ///< another algorithm, or anything else but the one header there is
  Signature,  ///< not by the issuer's key
  Claims,     ///< signed, but not the claims of a token
  Issuer,
  Audience,
  Lifetime,  ///< longer than any, or none
  NotYetValid,
  Expired,
};
[[nodiscard]] std::string_view name_of(TokenFault fault) noexcept;

class TokenVerifier {
 public:
  /// `on_refused` hears why each time, during verify().
  TokenVerifier(const PublicKey& issuer_key, TokenRealm realm,
                std::function<void(TokenFault)> on_refused)
      : key_(issuer_key), realm_(std::move(realm)), on_refused_(std::move(on_refused)) {}

  /// What the token says, or the one error that every refusal has. Whether the token was
  /// revoked, and what its role may do, is the caller's to decide.
  Result<TokenClaims> verify(std::string_view token, TokenTime now) const;

 private:
  PublicKey key_;
  TokenRealm realm_;
  std::function<void(TokenFault)> on_refused_;
};

}  // namespace plait::crypto
