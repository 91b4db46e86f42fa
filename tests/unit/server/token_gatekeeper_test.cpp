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

/// With a workspace `w` and its member `ann`, an editor.
store::Directory village() {
  store::Directory stored;
  stored.workspaces.push_back({"w", "Village", {}});
  stored.members.push_back({"w", "ann", "Ann", "editor", /*revoked=*/false, {}, {}});
  return stored;
}

struct Gate {
  crypto::SystemRandom random;
  people::Directory directory{village(), {}, random};
  crypto::TokenIssuer issuer{crypto::SigningKey::generate(random).value(), kRealm};
  StoryClock clock;
  TokenGatekeeper gatekeeper{
      crypto::TokenVerifier(issuer.public_key(), kRealm, [](crypto::TokenFault) {}), directory,
      clock};

  std::string token(std::string_view role, std::string_view user = "ann") {
    const crypto::TokenTime now = crypto::token_time(clock.wall());
    return issuer
        .issue({.user = std::string(user),
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
  BOOST_TEST(access->identity.name == "Ann");
  BOOST_TEST(access->identity.role == "editor");
  BOOST_TEST(access->may_write);
  BOOST_TEST(access->token == "1");
  BOOST_TEST(access->expires.ms == clock.wall().ms + 3'600'000);
}

BOOST_AUTO_TEST_CASE(nobody_may_more_than_his_token_nor_more_than_his_role) {
  const auto role_with = [&](const char* of_token, people::Role of_member) {
    BOOST_TEST(directory.set_role("w", "ann", of_member).has_value());
    return gatekeeper.check(token(of_token))->identity.role;
  };
  BOOST_TEST(role_with("editor", people::Role::Editor) == "editor");
  BOOST_TEST(role_with("viewer", people::Role::Owner) == "viewer");
  BOOST_TEST(role_with("owner", people::Role::Commenter) == "commenter");
  BOOST_TEST(!gatekeeper.check(token("owner"))->may_write);
  BOOST_TEST(!gatekeeper.check(token("Editor")).has_value());
  BOOST_TEST(!gatekeeper.check(token("root")).has_value());
}

BOOST_AUTO_TEST_CASE(who_is_no_member_or_was_removed_is_refused) {
  BOOST_TEST(!gatekeeper.check(token("editor", "ben")).has_value());
  const std::string good = token("editor");
  BOOST_TEST(gatekeeper.check(good).has_value());
  BOOST_TEST(directory.revoke("w", "ann").has_value());
  BOOST_TEST(!gatekeeper.check(good).has_value());
}

BOOST_AUTO_TEST_CASE(a_revoked_token_is_refused_and_another_one_is_not) {
  directory.revoke_token("2", {clock.wall().ms + 1000}, clock.wall());
  BOOST_TEST(gatekeeper.check(token("editor")).has_value());
  directory.revoke_token("1", {clock.wall().ms + 1000}, clock.wall());
  const auto refused = gatekeeper.check(token("editor"));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().message == gatekeeper.check("noise").error().message);
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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
