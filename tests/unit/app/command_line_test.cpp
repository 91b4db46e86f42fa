#include "daemon/app/command_line.h"

#include <chrono>
#include <initializer_list>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::app {
namespace {

template <class Options>
Options parsed(std::initializer_list<const char*> words) {
  std::vector<const char*> argv{"plait"};
  argv.insert(argv.end(), words);
  const Command command = parse_command_line(static_cast<int>(argv.size()), argv.data());
  const auto* options = std::get_if<Options>(&command);
  BOOST_TEST_REQUIRE(options != nullptr);
  return *options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_line)

BOOST_AUTO_TEST_CASE(a_folder_is_shared_as_it_is_said) {
  const auto plain = parsed<ShareOptions>({"share"});
  BOOST_TEST(plain.folder == ".");
  BOOST_TEST(!plain.access.role.has_value());
  BOOST_TEST(!plain.is_dry_run);
  const auto all = parsed<ShareOptions>(
      {"share", "/srv/x", "--server", "plait.example.org", "--name", "Garden", "--role",
       "viewer", "--expires", "7d", "--uses", "3", "--password", "--host", "me.lan"});
  BOOST_TEST(all.folder == "/srv/x");
  BOOST_TEST(all.server.value() == "plait.example.org");
  BOOST_TEST(all.name.value() == "Garden");
  BOOST_TEST((all.access.role == messages::connect::Role::Viewer));
  BOOST_TEST(all.access.expires_in_seconds.value() == 7 * 86'400);
  BOOST_TEST(all.access.max_uses.value() == 3);
  BOOST_TEST(all.asks_password);
  BOOST_TEST(all.host.value() == "me.lan");
  BOOST_TEST(parsed<ShareOptions>({"share", "--dry-run"}).is_dry_run);
}

BOOST_AUTO_TEST_CASE(limits_of_an_invite_are_told_before_anybody_is_asked) {
  BOOST_TEST(parsed<ShareOptions>({"share", "--uses", "10000"}).access.max_uses.value() ==
             messages::connect::kMaxInviteUses);
  BOOST_TEST(
      parsed<ShareOptions>({"share", "--expires", "90d"}).access.expires_in_seconds.value() ==
      messages::connect::kMaxInviteSeconds);
  for (const auto& words : {std::initializer_list<const char*>{"share", "--uses", "10001"},
                            {"share", "--uses", "0"},
                            {"share", "--expires", "91d"},
                            {"share", "--role", "king"},
                            {"join", "x", "--existing", "burn"},
                            {"daemon", "--idle-exit", "-1"},
                            {"daemon", "--idle-exit", "86401"}}) {
    BOOST_TEST(parsed<Done>(words).exit_code == 2);
  }
}

BOOST_AUTO_TEST_CASE(whoever_only_asks_did_nothing_wrong) {
  BOOST_TEST(parsed<Done>({"--version"}).exit_code == 0);
  BOOST_TEST(parsed<Done>({"join", "--help"}).exit_code == 0);
  BOOST_TEST(parsed<Done>({"plant"}).exit_code == 2);
  BOOST_TEST(parsed<Done>({}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(a_link_need_not_be_an_argument) {
  BOOST_TEST(!parsed<JoinOptions>({"join"}).link.has_value());
  const auto join = parsed<JoinOptions>({"join", "-", "here", "--existing", "takeTheirs"});
  BOOST_TEST(join.link.value() == "-");
  BOOST_TEST(join.folder == "here");
  BOOST_TEST((join.existing == messages::editor::Existing::TakeTheirs));
}

BOOST_AUTO_TEST_CASE(a_daemon_stays_behind_and_for_five_minutes) {
  const auto usual = parsed<DaemonOptions>({"daemon"});
  BOOST_TEST(!usual.foreground);
  BOOST_TEST((usual.idle_exit == std::chrono::minutes{5}));
  const auto brief = parsed<DaemonOptions>({"daemon", "--foreground", "--idle-exit", "0.5"});
  BOOST_TEST(brief.foreground);
  BOOST_TEST((brief.idle_exit == std::chrono::milliseconds{500}));
  BOOST_TEST((parsed<DaemonOptions>({"daemon", "--idle-exit", "86400"}).idle_exit ==
              std::chrono::hours{24}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
