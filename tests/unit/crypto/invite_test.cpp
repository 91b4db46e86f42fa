#include "daemon/crypto/invite.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/random.h"
#include "tests/support/hex.h"
#include "tests/unit/crypto/given_random.h"

namespace plait::crypto {
namespace {

using support::bytes_of_hex;

}  // namespace

BOOST_AUTO_TEST_SUITE(invite)

BOOST_AUTO_TEST_CASE(a_secret_is_sixteen_bytes_as_text) {
  const std::string bytes = "000102030405060708090a0b0c0d0eff";
  GivenRandom random(bytes);
  const InviteSecret secret = InviteSecret::make(random);
  BOOST_TEST(secret.text() == "AAECAwQFBgcICQoLDA0O_w");
  BOOST_TEST((secret.hash() == sha256(bytes_of_hex(bytes))));
}

BOOST_AUTO_TEST_CASE(its_text_is_read_again) {
  SystemRandom random;
  for (int i = 0; i < 100; ++i) {
    const InviteSecret secret = InviteSecret::make(random);
    const auto parsed = InviteSecret::parse(secret.text());
    BOOST_TEST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->text() == secret.text());
  }
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_secrets) {
  for (const char* text : {"", "AAECAwQFBgcICQoLDA0O_", "AAECAwQFBgcICQoLDA0O_wA",
                           "AAECAwQFBgcICQoLDA0O_w==", "AAECAwQFBgcICQoLDA0O/w",
                           "AAECAwQFBgcICQoLDA0O_x", "AAECAwQFBgcICQoLDA0O w"}) {
    const auto parsed = InviteSecret::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST((parsed.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(only_the_secret_itself_matches_its_hash) {
  SystemRandom random;
  const InviteSecret secret = InviteSecret::make(random);
  BOOST_TEST(secret.matches(secret.hash()));
  BOOST_TEST(!InviteSecret::make(random).matches(secret.hash()));
  Sha256Digest other = secret.hash();
  other.back() ^= 1;
  BOOST_TEST(!secret.matches(other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
