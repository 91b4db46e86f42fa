#include "daemon/crypto/token.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/digest.h"
#include "daemon/crypto/random.h"
#include "protocol/base/base64.h"
#include "tests/unit/crypto/given_random.h"

namespace plait::crypto {

std::ostream& operator<<(std::ostream& out, TokenFault fault) { return out << name_of(fault); }

namespace {

using std::chrono::seconds;

constexpr TokenTime kNow{seconds{1'700'000'000}};
constexpr seconds kHour{3'600};

const TokenRealm kRealm{"plait.example", "yjs"};

SigningKey key(const char* seed) {
  GivenRandom random(seed);
  return SigningKey::generate(random).value();
}

/// A server that gives out tokens and is shown some.
struct Server {
  TokenIssuer issuer{key("5e"), kRealm};
  std::optional<TokenFault> fault;
  TokenVerifier verifier{issuer.public_key(), kRealm, [this](TokenFault why) { fault = why; }};
  TokenClaims claims{"alice", "work", "editor", "id-1", kNow, kNow + kHour};

  [[nodiscard]] std::string token() const { return issuer.issue(claims).value(); }

  /// Why a token is refused; nothing if it is taken.
  std::optional<TokenFault> fault_of(std::string_view token, TokenTime now = kNow) {
    fault.reset();
    const auto verified = verifier.verify(token, now);
    BOOST_TEST(verified.has_value() == !fault.has_value());
    if (!verified) {
      BOOST_TEST((verified.error().code == ErrorCode::Refused));
      BOOST_TEST(verified.error().message == "the token is not valid");
    }
    return fault;
  }

  /// A token with the server's own signature over whatever payload and header.
  static std::string signed_by_server(
      std::string_view payload, std::string_view header = R"({"alg":"EdDSA","typ":"JWT"})") {
    const std::string text = to_base64url(header) + "." + to_base64url(payload);
    return text + "." + to_base64url(view_of(key("5e").sign(text).value().bytes));
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(token, Server)

BOOST_AUTO_TEST_CASE(what_was_issued_is_believed) {
  const auto verified = verifier.verify(token(), kNow);
  BOOST_TEST_REQUIRE(verified.has_value());
  BOOST_TEST((*verified == claims));
  BOOST_TEST(!fault.has_value());
}

BOOST_AUTO_TEST_CASE(a_token_is_a_json_web_token_that_others_can_read) {
  const std::string text = token();
  const std::size_t first = text.find('.');
  const std::size_t second = text.find('.', first + 1);
  BOOST_TEST(from_base64url(text.substr(0, first)).value() == R"({"alg":"EdDSA","typ":"JWT"})");
  BOOST_TEST(from_base64url(text.substr(first + 1, second - first - 1)).value() ==
             R"({"iss":"plait.example","aud":"yjs","sub":"alice","workspace":"work",)"
             R"("role":"editor","jti":"id-1","nbf":1700000000,"exp":1700003600})");
}

BOOST_AUTO_TEST_CASE(the_algorithm_is_not_the_tokens_to_choose) {
  const std::string payload = write_claims(kRealm, claims).value();
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"none","typ":"JWT"})", R"({"alg":"HS256","typ":"JWT"})",
        R"({"alg":"ES256","typ":"JWT"})", R"({"alg":"eddsa","typ":"JWT"})",
        R"({"typ":"JWT","alg":"EdDSA"})", R"({"alg":"EdDSA","typ":"JWT","kid":"1"})",
        R"({"alg":"EdDSA","typ":"JWT","jku":"https://evil.example"})",
        R"({"alg":"EdDSA","typ":"JWT","alg":"none"})", "{}", ""}) {
    BOOST_TEST((fault_of(signed_by_server(payload, header)) == TokenFault::Header), header);
  }
  BOOST_TEST(!fault_of(signed_by_server(payload)).has_value());
}

BOOST_AUTO_TEST_CASE(a_code_made_with_the_public_key_is_no_signature) {
  const std::string text = to_base64url(R"({"alg":"HS256","typ":"JWT"})") + "." +
                           to_base64url(write_claims(kRealm, claims).value());
  const auto code = hmac_sha256(view_of(issuer.public_key().bytes), text);
  BOOST_TEST((fault_of(text + "." + to_base64url(view_of(code))) == TokenFault::Header));
}

BOOST_AUTO_TEST_CASE(no_character_of_a_token_can_be_another) {
  const std::string good = token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    BOOST_TEST(fault_of(bad).has_value(), i);
  }
}

BOOST_AUTO_TEST_CASE(a_token_has_three_parts) {
  const std::string good = token();
  for (std::size_t size = 0; size < good.size(); ++size) {
    BOOST_TEST(fault_of(good.substr(0, size)).has_value(), size);
  }
  for (const std::string& bad : {good + ".", good + ".AAAA", good + "=", good + " ", " " + good,
                                 good + good, good + '\0', std::string("..")}) {
    BOOST_TEST(fault_of(bad).has_value(), bad);
  }
  const std::string unsigned_token = good.substr(0, good.rfind('.') + 1);
  BOOST_TEST((fault_of(unsigned_token) == TokenFault::Form));
}

BOOST_AUTO_TEST_CASE(another_key_is_not_the_issuers) {
  const TokenIssuer other(key("07"), kRealm);
  BOOST_TEST((fault_of(other.issue(claims).value()) == TokenFault::Signature));
}

BOOST_AUTO_TEST_CASE(the_realm_is_checked) {
  const TokenIssuer elsewhere(key("5e"), {"other.example", "yjs"});
  BOOST_TEST((fault_of(elsewhere.issue(claims).value()) == TokenFault::Issuer));
  const TokenIssuer for_others(key("5e"), {"plait.example", "connect"});
  BOOST_TEST((fault_of(for_others.issue(claims).value()) == TokenFault::Audience));
}

BOOST_AUTO_TEST_CASE(signed_claims_are_held_to_their_form_all_the_same) {
  for (const char* payload : {"", "{}", R"({"iss":"plait.example"})", "null", "[]"}) {
    BOOST_TEST((fault_of(signed_by_server(payload)) == TokenFault::Claims), payload);
  }
}

BOOST_AUTO_TEST_CASE(a_token_lasts_until_the_moment_it_expires) {
  const std::string text = token();
  BOOST_TEST(!fault_of(text, kNow + kHour - seconds{1}).has_value());
  BOOST_TEST((fault_of(text, kNow + kHour) == TokenFault::Expired));
}

BOOST_AUTO_TEST_CASE(a_token_may_come_as_early_as_clocks_are_off) {
  const std::string text = token();
  BOOST_TEST(!fault_of(text, kNow - kTokenSkew).has_value());
  BOOST_TEST((fault_of(text, kNow - kTokenSkew - seconds{1}) == TokenFault::NotYetValid));
}

BOOST_AUTO_TEST_CASE(a_token_is_short_lived_whoever_signed_it) {
  claims.expires = kNow + kMaxTokenLifetime;
  BOOST_TEST(!fault_of(token()).has_value());
  for (const seconds lifetime : {kMaxTokenLifetime + seconds{1}, seconds{0}, seconds{-1}}) {
    claims.expires = kNow + lifetime;
    const auto refused = issuer.issue(claims);
    BOOST_TEST_REQUIRE(!refused.has_value());
    BOOST_TEST((refused.error().code == ErrorCode::OutOfRange));
    const std::string forced = signed_by_server(write_claims(kRealm, claims).value());
    BOOST_TEST((fault_of(forced) == TokenFault::Lifetime));
  }
}

BOOST_AUTO_TEST_CASE(the_longest_token_fits_and_a_longer_one_is_not_read) {
  const std::string most(kMaxClaimBytes, 'n');
  const TokenIssuer talkative(key("5e"), {most, most});
  const std::string longest =
      talkative.issue({most, most, most, most, kMaxTokenTime - kHour, kMaxTokenTime}).value();
  BOOST_TEST(longest.size() <= kMaxTokenBytes);
  BOOST_TEST((fault_of(longest) == TokenFault::Issuer));

  const std::string text = token();
  BOOST_TEST(
      (fault_of(text + std::string(kMaxTokenBytes - text.size(), 'A')) == TokenFault::Form));
  BOOST_TEST((fault_of(text + std::string(kMaxTokenBytes - text.size() + 1, 'A')) ==
              TokenFault::TooLong));
}

BOOST_AUTO_TEST_CASE(what_no_verifier_would_take_is_not_issued) {
  claims.role = "an editor";
  BOOST_TEST(!issuer.issue(claims).has_value());
}

BOOST_AUTO_TEST_CASE(token_ids_differ) {
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(make_token_id(random));
  BOOST_TEST(ids.size() == 100U);
  BOOST_TEST(ids.begin()->size() == 22U);
}

BOOST_AUTO_TEST_CASE(every_fault_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(TokenFault::Expired); ++i) {
    names.insert(name_of(static_cast<TokenFault>(i)));
  }
  BOOST_TEST(names.size() == static_cast<std::size_t>(TokenFault::Expired) + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
