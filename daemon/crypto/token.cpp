#include "daemon/crypto/token.h"

#include <optional>
#include <utility>
#include <variant>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "protocol/base/base64.h"

namespace plait::crypto {
namespace {

/// {"alg":"EdDSA","typ":"JWT"} and the dot behind it.
constexpr std::string_view kHeader = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.";

using Verdict = std::variant<TokenClaims, TokenFault>;

std::optional<TokenFault> check_period(const TokenClaims& claims, TokenTime now) noexcept {
  const auto lifetime = claims.expires - claims.not_before;
  if (lifetime <= lifetime.zero() || lifetime > kMaxTokenLifetime) return TokenFault::Lifetime;
  if (now + kTokenSkew < claims.not_before) return TokenFault::NotYetValid;
  if (now >= claims.expires) return TokenFault::Expired;
  return std::nullopt;
}

/// Nothing of a token is believed, nor its claims read, before the signature is known to fit.
Verdict judge(std::string_view token, const PublicKey& key, const TokenRealm& realm,
              TokenTime now) {
  if (token.size() > kMaxTokenBytes) return TokenFault::TooLong;
  if (!token.starts_with(kHeader)) return TokenFault::Header;
  const std::size_t dot = token.find('.', kHeader.size());
  if (dot == std::string_view::npos) return TokenFault::Form;
  const auto payload = from_base64url(token.substr(kHeader.size(), dot - kHeader.size()));
  const auto signature = from_base64url(token.substr(dot + 1));
  if (!payload || !signature) return TokenFault::Form;
  const auto signature_bytes = array_of<sizeof(Signature)>(*signature);
  if (!signature_bytes) return TokenFault::Form;

  if (!crypto::verify(key, token.substr(0, dot), {*signature_bytes})) {
    return TokenFault::Signature;
  }

  auto read = read_claims(*payload);
  if (!read) return TokenFault::Claims;
  if (read->realm.issuer != realm.issuer) return TokenFault::Issuer;
  if (read->realm.audience != realm.audience) return TokenFault::Audience;
  if (const auto fault = check_period(read->claims, now)) return *fault;
  return std::move(read->claims);
}

}  // namespace

std::string make_token_id(Random& random) {
  return to_base64url(view_of(random_bytes<16>(random)));
}

Result<std::string> TokenIssuer::issue(const TokenClaims& claims) const {
  if (check_period(claims, claims.not_before)) {
    return fail(ErrorCode::OutOfRange, "a token lasts for more than no time, up to 24 hours");
  }
  auto payload = write_claims(realm_, claims);
  if (!payload) return forward_error(payload);
  std::string token = std::string(kHeader) + to_base64url(*payload);
  auto signature = key_.sign(token);
  if (!signature) return forward_error(signature);
  return token + "." + to_base64url(view_of(signature->bytes));
}

Result<TokenClaims> TokenVerifier::verify(std::string_view token, TokenTime now) const {
  Verdict verdict = judge(token, key_, realm_, now);
  if (auto* claims = std::get_if<TokenClaims>(&verdict)) return std::move(*claims);
  on_refused_(std::get<TokenFault>(verdict));
  return fail(ErrorCode::Refused, "the token is not valid");
}

std::string_view name_of(TokenFault fault) noexcept {
  switch (fault) {
    case TokenFault::TooLong: return "too long";
    case TokenFault::Form: return "form";
    case TokenFault::Header: return "header";
    case TokenFault::Signature: return "signature";
    case TokenFault::Claims: return "claims";
    case TokenFault::Issuer: return "issuer";
    case TokenFault::Audience: return "audience";
    case TokenFault::Lifetime: return "lifetime";
    case TokenFault::NotYetValid: return "not yet valid";
    case TokenFault::Expired: return "expired";
  }
  return "unknown";
}

}  // namespace plait::crypto
