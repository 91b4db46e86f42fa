// Any bytes as a token: none is believed. The same bytes as what a token says, under the
// issuer's own signature: what is believed is what issue() would have written, to the byte.

#include "daemon/crypto/token.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/crypto/byte_array.h"
#include "protocol/base/assert.h"
#include "protocol/base/base64.h"

namespace {

using plait::Random;
using plait::to_base64url;
using plait::crypto::SigningKey;
using plait::crypto::TokenFault;
using plait::crypto::TokenIssuer;
using plait::crypto::TokenRealm;
using plait::crypto::TokenTime;
using plait::crypto::TokenVerifier;

constexpr TokenTime kNow{std::chrono::seconds{1'700'000'000}};
constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"JWT"})";

/// The issuer's key is the same in every run.
class Zeroes final : public Random {
 public:
  void fill(std::span<std::uint8_t> bytes) override {
    std::fill(bytes.begin(), bytes.end(), 0);
  }
};

SigningKey issuer_key() {
  Zeroes random;
  return SigningKey::generate(random).value();
}

std::string signed_token(std::string_view payload) {
  static const SigningKey kKey = issuer_key();
  const std::string text = to_base64url(kHeader) + "." + to_base64url(payload);
  const auto signature = kKey.sign(text).value();
  return text + "." + to_base64url(plait::crypto::view_of(signature.bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TokenRealm kRealm{"plait.example", "yjs"};
  static const TokenIssuer kIssuer(issuer_key(), kRealm);
  std::optional<TokenFault> fault;
  const TokenVerifier verifier(kIssuer.public_key(), kRealm,
                               [&fault](TokenFault why) { fault = why; });
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);

  PLAIT_ASSERT(!verifier.verify(bytes, kNow), "a token without the key to be refused");
  PLAIT_ASSERT(fault.has_value(), "a refusal to be explained");

  fault.reset();
  const std::string token = signed_token(bytes);
  const auto claims = verifier.verify(token, kNow);
  PLAIT_ASSERT(claims.has_value() == !fault.has_value(), "refusals alone to be explained");
  if (!claims) {
    PLAIT_ASSERT(*fault != TokenFault::Signature && *fault != TokenFault::Form,
                 "the issuer's signature to be known");
    return 0;
  }
  PLAIT_ASSERT(kIssuer.issue(*claims).value() == token, "claims to have one form");
  return 0;
}
