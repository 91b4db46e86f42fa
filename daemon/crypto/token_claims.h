#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// A name in a token: printable ASCII without space, quote and backslash. No JSON writer has
/// more than one way to write such a text.
inline constexpr std::size_t kMaxClaimBytes = 128;

/// The time as tokens count it: since 1970, in UTC.
using TokenTime = std::chrono::sys_seconds;

/// Tokens have no use for parts of a second.
[[nodiscard]] constexpr TokenTime token_time(WallTime time) noexcept {
  return std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{time.ms}});
}

/// Tokens may name times up to the year 9999.
inline constexpr TokenTime kMaxTokenTime{std::chrono::seconds{253'402'300'799}};

/// Who gave a token out, and what for. A token of one realm says nothing in another.
struct TokenRealm {
  std::string issuer;
  std::string audience;
  auto operator<=>(const TokenRealm&) const = default;
};

/// What a token says of its bearer.
struct TokenClaims {
  std::string user;
  std::string workspace;
  std::string role;
  std::string id;  ///< of the token, by which it can be revoked
  TokenTime not_before;
  TokenTime expires;  ///< the first moment at which it is not valid any more
  auto operator<=>(const TokenClaims&) const = default;
};

/// A token's JSON: all claims, in one order, without spaces. OutOfRange if one cannot be said.
Result<std::string> write_claims(const TokenRealm& realm, const TokenClaims& claims);

struct ReadClaims {
  TokenRealm realm;
  TokenClaims claims;
};
/// Reads what write_claims() writes, to the byte: nothing more, less, twice, of another type or
/// in another order. So there is no JSON to have two opinions about.
std::optional<ReadClaims> read_claims(std::string_view json);

}  // namespace plait::crypto
