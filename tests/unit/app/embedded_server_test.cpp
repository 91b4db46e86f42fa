#include "daemon/app/embedded_server.h"

#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/support/metrics.h"
#include "tests/support/run_until.h"
#include "tests/support/temporary_folder.h"

namespace plait::app {
namespace {

/// A daemon's surroundings.
struct Story {
  std::unique_ptr<EmbeddedServer> starts() {
    auto server = EmbeddedServer::start(folder / "server", {loop, clock, random, metrics});
    BOOST_TEST_REQUIRE(server.has_value());
    return *std::move(server);
  }
  crypto::InviteLink makes(EmbeddedServer& server, const std::string& name) {
    std::optional<Result<crypto::InviteLink>> link;
    server.create_workspace(name,
                            [&](Result<crypto::InviteLink> made) { link = std::move(made); });
    support::run_until(loop, [&] { return link.has_value(); });
    return link->value();
  }

  support::TemporaryFolder folder;
  loop::Loop loop;
  SystemClock clock;
  crypto::SystemRandom random;
  Metrics metrics;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(embedded_server, Story)

BOOST_AUTO_TEST_CASE(a_workspace_has_a_link_for_its_owner_here) {
  const auto server = starts();
  const auto link = makes(*server, "Garden");
  BOOST_TEST(link.host == "127.0.0.1");
  BOOST_TEST(link.port == server->port());
  BOOST_TEST(!link.workspace.empty());
  BOOST_TEST((link.fingerprint == server->fingerprint()));
  BOOST_TEST(makes(*server, "Garden").workspace != link.workspace);
  BOOST_TEST(link.text().has_value());
}

BOOST_AUTO_TEST_CASE(it_is_found_again_where_it_was) {
  auto server = starts();
  const auto port = server->port();
  const auto fingerprint = server->fingerprint();
  server.reset();
  server = starts();
  BOOST_TEST(server->port() == port);
  BOOST_TEST((server->fingerprint() == fingerprint));
}

BOOST_AUTO_TEST_CASE(its_port_may_be_taken_and_then_it_says_so) {
  const auto port = starts()->port();
  const auto taken = loop::TcpListener::listen(loop, "::", port, [](auto) {});
  BOOST_TEST_REQUIRE(taken.has_value());
  const auto refused = EmbeddedServer::start(folder / "server", {loop, clock, random, metrics});
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().message.find("port " + std::to_string(port)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(it_has_a_host_for_links) {
  crypto::InviteLink link = makes(*starts(), "Garden");
  link.host = starts()->host();
  BOOST_TEST(link.text().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
