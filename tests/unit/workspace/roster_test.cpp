#include "daemon/workspace/roster.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::workspace {
namespace {

using Names = std::vector<std::string>;

connect::Participant participant(const std::string& id, const std::string& user) {
  connect::Participant made;
  made.id = id;
  made.user = {user, user, "#111111"};
  return made;
}

connect::Cursor cursor(const std::string& id, const std::string& document) {
  return {id, document, {{{"a"}, {"b"}}}};
}

/// Ann at her machine, where two editors are open, and Ben on his.
struct Garden {
  Garden() {
    connect::WorkspaceOpen::Reply reply;
    reply.participant_id = "p-1";
    reply.participants = {participant("p-1", "ann"), participant("p-2", "ben")};
    reply.participants[1].client_id = 77;
    reply.cursors = {cursor("p-2", "f-1")};
    roster.came_online(reply);
    roster.show_here(participant("here-1", "ann"), cursor("here-1", "f-1"));
    roster.show_here(participant("here-2", "ann"), {"here-2", "", {}});
  }
  Names there() const {
    Names names;
    for (const auto& [id, each] : roster.participants()) names.push_back(id);
    return names;
  }

  Roster roster;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(roster, Garden)

BOOST_AUTO_TEST_CASE(editors_of_this_machine_stay_when_the_server_goes) {
  BOOST_TEST((there() == Names{"here-1", "here-2", "p-1", "p-2"}));
  BOOST_TEST(roster.you() == "p-1");
  roster.went_offline();
  BOOST_TEST((there() == Names{"here-1", "here-2"}));
  BOOST_TEST(roster.you().empty());
  BOOST_TEST((roster.cursor("here-1") != nullptr));
  BOOST_TEST((roster.cursor("p-2") == nullptr));
  roster.leave_here("here-1");
  BOOST_TEST((there() == Names{"here-2"}));
  BOOST_TEST((roster.cursor("here-1") == nullptr));
  BOOST_TEST(roster.count_here() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_shown_again_is_no_news) {
  connect::Participant again = participant("here-1", "ann");
  again.last_active_at = 5;
  auto shown = roster.show_here(again, cursor("here-1", "f-1"));
  BOOST_TEST(!shown.is_another);
  BOOST_TEST(!shown.has_moved);
  again.typing = true;
  shown = roster.show_here(again, cursor("here-1", "f-2"));
  BOOST_TEST(shown.is_another);
  BOOST_TEST(shown.has_moved);
  shown = roster.show_here(again, {"here-1", "", {}});
  BOOST_TEST(shown.has_moved);
  BOOST_TEST((roster.cursor("here-1") == nullptr));
}

BOOST_AUTO_TEST_CASE(somebody_is_at_this_machine_while_one_of_its_editors_is_in_use) {
  connect::Participant idle = participant("here-1", "ann");
  idle.activity = connect::Activity::Idle;
  roster.show_here(idle, {"here-1", "", {}});
  BOOST_TEST(roster.is_active_here());
  idle.id = "here-2";
  roster.show_here(idle, {"here-2", "", {}});
  BOOST_TEST(!roster.is_active_here());
}

BOOST_AUTO_TEST_CASE(who_inserts_under_an_id_is_known_from_what_the_server_says) {
  BOOST_TEST((roster.author(77) == "p-2"));
  BOOST_TEST(!roster.author(78).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::workspace
