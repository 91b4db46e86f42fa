#include "daemon/server/token_gatekeeper.h"

#include <chrono>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/random.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;

const crypto::TokenRealm kRealm{"plait", "server"};

struct Gate {
  crypto::SystemRandom random;
  crypto::TokenIssuer issuer{crypto::SigningKey::generate(random).value(), kRealm};
  StoryClock clock;
  TokenGatekeeper gatekeeper{
      crypto::TokenVerifier(issuer.public_key(), kRealm, [](crypto::TokenFault) {}), clock};

  std::string token(std::string_view role) {
    const crypto::TokenTime now = crypto::token_time(clock.wall());
    return issuer
        .issue({.user = "ann",
                .workspace = "w",
                .role = std::string(role),
                .id = "1",
                .not_before = now,
                .expires = now + 1h})
        .value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(token_gatekeeper, Gate)

BOOST_AUTO_TEST_CASE(a_token_says_who_comes_and_what_he_may_do) {
  const auto access = gatekeeper.check(token("editor"));
  BOOST_TEST_REQUIRE(access.has_value());
  BOOST_TEST(access->workspace == "w");
  BOOST_TEST(access->identity.member == "ann");
  BOOST_TEST(access->identity.role == "editor");
  BOOST_TEST(access->may_write);
}

BOOST_AUTO_TEST_CASE(owners_and_editors_write_and_nobody_else) {
  BOOST_TEST(gatekeeper.check(token("owner"))->may_write);
  for (const char* role : {"commenter", "viewer", "Editor", "root"}) {
    BOOST_TEST(!gatekeeper.check(token(role))->may_write);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_token_or_has_expired_is_refused) {
  BOOST_TEST(!gatekeeper.check("").has_value());
  BOOST_TEST(!gatekeeper.check("noise").has_value());
  const std::string good = token("editor");
  clock.pass(1h - 1s);
  BOOST_TEST(gatekeeper.check(good).has_value());
  clock.pass(1s);
  BOOST_TEST(!gatekeeper.check(good).has_value());
}

BOOST_AUTO_TEST_CASE(somebodys_color_stays) {
  BOOST_TEST(color_of("ann") == color_of("ann"));
  BOOST_TEST(color_of("ann") != color_of("ben"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
