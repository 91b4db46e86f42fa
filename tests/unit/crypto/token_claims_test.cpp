#include "daemon/crypto/token_claims.h"

#include <chrono>
#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait::crypto {
namespace {

using support::SeededRandom;

constexpr TokenTime at(std::int64_t seconds) {
  return TokenTime{std::chrono::seconds{seconds}};
}

const TokenRealm kRealm{"https://plait.example", "yjs"};
const TokenClaims kClaims{"u-1", "w_1", "editor", "id", at(1'000), at(2'000)};
const std::string kJson =
    R"({"iss":"https://plait.example","aud":"yjs","sub":"u-1","workspace":"w_1","role":"editor",)"
    R"("jti":"id","nbf":1000,"exp":2000})";

std::string replaced(const std::string& what, const std::string& by) {
  std::string json = kJson;
  const std::size_t where = json.find(what);
  BOOST_TEST_REQUIRE(where != std::string::npos);
  return json.replace(where, what.size(), by);
}

bool can_be_said(const TokenClaims& claims) { return write_claims(kRealm, claims).has_value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(token_claims)

BOOST_AUTO_TEST_CASE(claims_have_one_form) {
  BOOST_TEST(write_claims(kRealm, kClaims).value() == kJson);
  const auto read = read_claims(kJson);
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST((read->realm == kRealm));
  BOOST_TEST((read->claims == kClaims));
}

BOOST_AUTO_TEST_CASE(anything_else_that_means_the_same_to_json_is_refused) {
  for (const std::string& json :
       {" " + kJson, kJson + " ", kJson + "\n", replaced(":1000", ": 1000"),
        replaced("1000", "1000.0"), replaced("1000", "1e3"), replaced("1000", "+1000"),
        replaced("1000", "01000"), replaced("u-1", "\\u0075-1"),
        replaced("https://", "https:\\/\\/"), replaced("\"yjs\"", "[\"yjs\"]"),
        replaced(R"("iss":"https://plait.example","aud":"yjs")",
                 R"("aud":"yjs","iss":"https://plait.example")")}) {
    BOOST_TEST(!read_claims(json).has_value(), json);
  }
}

BOOST_AUTO_TEST_CASE(a_claim_is_there_once_and_of_its_type) {
  for (const std::string& json :
       {replaced(R"("role":"editor",)", ""), replaced(R"("role")", R"("role":"owner","role")"),
        replaced("}", R"(,"role":"owner"})"), replaced("\"u-1\"", "1"),
        replaced("\"u-1\"", "null"), replaced("\"u-1\"", "\"\""), replaced("1000", "\"1000\""),
        replaced("1000", "null"), replaced("1000", ""), replaced("1000", "-1"),
        replaced("1000", "-0"), replaced("1000", "true"), replaced("2000", "20 00"),
        std::string("{}"), std::string()}) {
    BOOST_TEST(!read_claims(json).has_value(), json);
  }
}

BOOST_AUTO_TEST_CASE(every_prefix_is_cut_short) {
  for (std::size_t size = 0; size < kJson.size(); ++size) {
    BOOST_TEST(!read_claims(kJson.substr(0, size)).has_value(), size);
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_plain) {
  for (int value = 0; value < 256; ++value) {
    const char c = static_cast<char>(value);
    const bool plain = value > 0x20 && value < 0x7F && c != '"' && c != '\\';
    TokenClaims claims = kClaims;
    claims.user = std::string("a") + c;
    BOOST_TEST(can_be_said(claims) == plain, value);
    BOOST_TEST(read_claims(replaced("u-1", claims.user)).has_value() == plain, value);
  }
}

BOOST_AUTO_TEST_CASE(a_name_may_have_so_many_bytes_and_no_more) {
  const std::string most(kMaxClaimBytes, 'n');
  for (const auto field :
       {&TokenClaims::user, &TokenClaims::workspace, &TokenClaims::role, &TokenClaims::id}) {
    TokenClaims claims = kClaims;
    claims.*field = most;
    BOOST_TEST(can_be_said(claims));
    claims.*field = most + "n";
    BOOST_TEST(!can_be_said(claims));
    claims.*field = "";
    BOOST_TEST(!can_be_said(claims));
  }
  BOOST_TEST(!write_claims({most + "n", "yjs"}, kClaims).has_value());
  BOOST_TEST(!write_claims({"issuer", most + "n"}, kClaims).has_value());
  BOOST_TEST(read_claims(replaced("u-1", most)).has_value());
  BOOST_TEST(!read_claims(replaced("u-1", most + "n")).has_value());
}

BOOST_AUTO_TEST_CASE(times_lie_within_what_everybody_can_hold) {
  const TokenTime last = kMaxTokenTime;
  for (const auto field : {&TokenClaims::not_before, &TokenClaims::expires}) {
    TokenClaims claims = kClaims;
    claims.*field = last;
    BOOST_TEST(can_be_said(claims));
    claims.*field = last + std::chrono::seconds{1};
    BOOST_TEST(!can_be_said(claims));
    claims.*field = at(0);
    BOOST_TEST(can_be_said(claims));
    claims.*field = at(-1);
    BOOST_TEST(!can_be_said(claims));
  }
  BOOST_TEST(read_claims(replaced("2000", "253402300799")).has_value());
  BOOST_TEST(!read_claims(replaced("2000", "253402300800")).has_value());
  BOOST_TEST(!read_claims(replaced("2000", "99999999999999999999")).has_value());
  BOOST_TEST(read_claims(replaced("1000", "0")).has_value());
}

BOOST_AUTO_TEST_CASE(parts_of_a_second_do_not_count) {
  BOOST_TEST((token_time(WallTime{1'000}) == at(1)));
  BOOST_TEST((token_time(WallTime{1'999}) == at(1)));
  BOOST_TEST((token_time(WallTime{-1}) == at(-1)));
}

BOOST_AUTO_TEST_CASE(what_is_read_was_written_so) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 20'000; ++i) {
    std::string json = kJson;
    for (std::size_t count = 1 + random.below(2); count > 0; --count) {
      json[random.below(json.size())] = "\"\\,:{}019aZ \x7F"[random.below(14)];
    }
    if (const auto read = read_claims(json)) {
      BOOST_TEST(write_claims(read->realm, read->claims).value() == json);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
