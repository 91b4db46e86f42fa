#include "daemon/sync/session.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/sync/journey.h"

namespace plait::sync {
namespace {

using namespace std::chrono_literals;

/// 1, 2, … up to that number.
std::vector<std::int64_t> up_to(std::int64_t last) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(last));
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

BOOST_FIXTURE_TEST_SUITE(session, Journey)

BOOST_AUTO_TEST_CASE(a_member_comes_in_and_what_he_types_is_saved) {
  Traveller& ann = visitor("Ann");
  BOOST_TEST(ann.online.size() == 1U);
  BOOST_TEST(ann.generations.size() == 1U);
  BOOST_TEST(ann.client_ids.size() == 2U);
  BOOST_TEST(ann.participants.contains("Ann"));

  ann.types("f-1", "hello");
  BOOST_TEST(ann.unsaved() == 1U);
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(ann.saved["f-1"] > 0);
  BOOST_TEST(stored_text("f-1") == "hello");

  ann.types("f-1", ", you");
  ann.types("f-1", " all");
  BOOST_TEST(ann.unsaved() == 2U);
  turn(/*store_works=*/false);
  BOOST_TEST(ann.unsaved() == 2U);
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(stored_text("f-1") == "hello, you all");
}

BOOST_AUTO_TEST_CASE(all_of_the_greeting_but_hello_is_said_at_once) {
  Traveller& ann = traveller("Ann");
  ann.opens("tree");
  ann.comes(*server);
  turn();
  BOOST_TEST(ann.said("login/key") == 1U);
  BOOST_TEST(ann.said("workspace/open") == 1U);
  BOOST_TEST(ann.said("client/lease") == 1U);
  BOOST_TEST(ann.said("document/open") == 1U);
}

BOOST_AUTO_TEST_CASE(two_who_write_have_one_text) {
  Traveller& ann = visitor("Ann");
  Traveller& ben = visitor("Ben");
  ann.opens("f-1");
  ben.opens("f-1");
  settle();
  ann.types("f-1", "one ");
  settle();
  ben.types("f-1", "two ");
  ann.types("f-1", "three ");
  settle();
  BOOST_TEST(ann.text("f-1") == ben.text("f-1"));
  wait(10s);  // hashes are compared
  BOOST_TEST(ann.diverged.empty());
  BOOST_TEST(ben.diverged.empty());
}

// Cuts ---------------------------------------------------------------------------------------

/// A conversation in which everything happens that does so every day.
void play(Journey& story, Traveller& ann) {
  ann.opens("f-1");
  ann.opens("f-2");
  story.turn();
  if (!ann.client_ids.empty()) ann.types("f-1", "a");
  story.settle(3);
  if (!ann.client_ids.empty()) ann.types("f-2", "b");
  story.settle(6);
}

BOOST_AUTO_TEST_CASE(a_cut_at_any_message_loses_nothing) {
  // How many there are if nothing is cut.
  Traveller& first = traveller("Ann");
  first.comes(*server);
  play(*this, first);
  const std::size_t messages = first.arrived();
  BOOST_TEST_REQUIRE(messages > 15U);

  for (std::size_t cut = 0; cut < messages; ++cut) {
    BOOST_TEST_CONTEXT("cut after " << cut << " messages") {
      Journey story;
      Traveller& ann = story.traveller("Ann");
      ann.comes(*story.server);
      ann.goes_after(cut);
      play(story, ann);
      if (!ann.is_here()) {
        BOOST_TEST((ann.absence() == Absence::Cut));
        ann.comes(*story.server);
      }
      story.settle();
      ann.types("f-1", "c");
      ann.types("f-2", "d");
      story.settle();
      BOOST_TEST(ann.unsaved() == 0U);
      BOOST_TEST(story.stored_text("f-1") == ann.text("f-1"));
      BOOST_TEST(story.stored_text("f-2") == ann.text("f-2"));
      BOOST_TEST(ann.client_ids.size() == 2U);
      BOOST_TEST(ann.refused.empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_server_lost_when_it_died_is_brought_again) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "kept ");
  settle();
  ann.types("f-1", "lost");
  turn(/*store_works=*/false);
  BOOST_TEST(ann.unsaved() == 1U);
  crash();
  ann.types("f-1", " and more");
  BOOST_TEST(ann.unsaved() == 2U);
  ann.comes(*server);
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(stored_text("f-1") == "kept lost and more");
}

// Who may come -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_is_revoked_stays_away) {
  Traveller& ann = visitor("Ann");
  get<connect::MemberRevoke>(guest("Olga"), {{id_of("Ann")}});
  settle();
  BOOST_TEST((ann.absence() == Absence::Removed));
  BOOST_TEST(ann.session.stopped().has_value());
  ann.session.may_try_again();
  ann.comes(*server);
  settle();
  BOOST_TEST((ann.absence() == Absence::Removed));
  BOOST_TEST(!ann.session.is_online());
}

BOOST_AUTO_TEST_CASE(who_is_kicked_may_come_back_when_a_person_says_so) {
  Traveller& ann = visitor("Ann");
  get<connect::MemberKick>(guest("Olga"), {{id_of("Ann")}});
  settle();
  BOOST_TEST((ann.absence() == Absence::Kicked));
  BOOST_TEST(ann.session.stopped().has_value());
  ann.session.may_try_again();
  ann.comes(*server);
  settle();
  BOOST_TEST(ann.session.is_online());
}

BOOST_AUTO_TEST_CASE(a_stranger_is_told_so) {
  Traveller& eve = traveller("Eve");
  eve.comes(*server);
  settle();
  BOOST_TEST((eve.absence() == Absence::Removed));
}

BOOST_AUTO_TEST_CASE(an_invite_makes_a_member_once) {
  Traveller& eve = traveller("Eve", invite({}));
  eve.comes(*server);
  settle();
  BOOST_TEST(eve.session.is_online());
  BOOST_TEST(eve.said("invite/redeem") == 1U);
  eve.comes(*server);
  settle();
  BOOST_TEST(eve.session.is_online());
  BOOST_TEST(eve.said("invite/redeem") == 1U);
}

BOOST_AUTO_TEST_CASE(an_invite_that_is_none_stops) {
  Traveller& eve = traveller("Eve", Invite{});
  eve.comes(*server);
  settle();
  BOOST_TEST((eve.absence() == Absence::InviteRefused));
  BOOST_TEST(eve.session.stopped().has_value());
}

BOOST_AUTO_TEST_CASE(a_password_is_asked_for) {
  connect::InviteCreate wish;
  wish.password = "open sesame";
  Invite invited = invite(wish);
  Invite without = invited;
  without.password.reset();
  Traveller& eve = traveller("Eve", without);
  eve.comes(*server);
  settle();
  BOOST_TEST((eve.absence() == Absence::PasswordWanted));
  eve.session.use_invite(invited);
  BOOST_TEST(!eve.session.stopped().has_value());
  eve.comes(*server);
  settle();
  BOOST_TEST(eve.session.is_online());
}

BOOST_AUTO_TEST_CASE(who_has_to_be_let_in_waits_over_cuts) {
  Traveller& olga = visitor("Olga");
  connect::InviteCreate wish;
  wish.approval = true;
  Traveller& eve = traveller("Eve", invite(wish));
  eve.comes(*server);
  settle();
  BOOST_TEST((eve.absence() == Absence::Waiting));
  BOOST_TEST(!eve.session.stopped().has_value());
  BOOST_TEST(olga.waiting_members == 1U);
  wait(2min);  // there is no hurry
  BOOST_TEST(eve.is_here());
  eve.goes();
  eve.comes(*server);
  settle();
  BOOST_TEST((eve.absence() == Absence::Waiting));

  decide_on_who_waits(/*approved=*/true);
  settle();
  BOOST_TEST(eve.session.is_online());
}

BOOST_AUTO_TEST_CASE(who_is_not_let_in_stops) {
  connect::InviteCreate wish;
  wish.approval = true;
  Traveller& eve = traveller("Eve", invite(wish));
  eve.comes(*server);
  settle();
  decide_on_who_waits(/*approved=*/false);
  settle();
  BOOST_TEST((eve.absence() == Absence::InviteRefused));
  BOOST_TEST(eve.session.stopped().has_value());
}

BOOST_AUTO_TEST_CASE(a_line_that_was_too_slow_for_the_login_is_tried_again) {
  Traveller& ann = traveller("Ann");
  ann.comes(*server);
  clock.pass(11s);
  server->advance(clock.now());
  ann.reads();
  BOOST_TEST((ann.absence() == Absence::Cut));
  BOOST_TEST(!ann.session.stopped().has_value());
}

// What changes -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_role_holds_from_the_moment_it_is_changed) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "mine ");
  settle();
  auto& olga = guest("Olga");
  get<connect::MemberSetRole>(olga, {id_of("Ann"), connect::Role::Viewer});
  settle();
  BOOST_TEST_REQUIRE(ann.workspaces.size() == 1U);
  ann.types("f-1", "unsaid ");
  ann.session.want_clients(1);
  settle();
  BOOST_TEST(ann.refused.empty());
  BOOST_TEST(ann.unsaved() == 1U);
  BOOST_TEST(stored_text("f-1") == "mine ");

  get<connect::MemberSetRole>(olga, {id_of("Ann"), connect::Role::Editor});
  settle();
  BOOST_TEST(ann.unsaved() == 0U);
  BOOST_TEST(stored_text("f-1") == "mine unsaid ");
  BOOST_TEST(ann.client_ids.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_server_that_drains_says_when_to_come_back) {
  Traveller& ann = visitor("Ann");
  ann.types("f-1", "first words, ");
  settle();
  ann.types("f-1", "last words");
  turn(/*store_works=*/false);
  server->drain();
  settle();
  BOOST_TEST((ann.draining == 1000ms));
  BOOST_TEST((ann.absence() == Absence::Draining));
  BOOST_TEST((ann.session.returns_after() == 1000ms));
  BOOST_TEST(ann.unsaved() == 0U);
}

BOOST_AUTO_TEST_CASE(client_ids_are_leased_as_many_as_are_wanted) {
  Traveller& ann = visitor("Ann");
  ann.session.want_clients(20);
  settle();
  BOOST_TEST(ann.client_ids.size() == 22U);
  BOOST_TEST(ann.said("client/lease") == 3U);
}

// The feed and the people --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_feed_comes_in_order_and_without_gaps) {
  auto& olga = guest("Olga");
  int posted = 0;
  const auto posts = [&](int count) {
    for (int i = 0; i < count; ++i) {
      clock.pass(1s);
      const std::string id = "m-" + std::to_string(posted++);
      get<connect::ChatSend>(olga, {id, "hello", {}, {}});
    }
  };
  posts(3);
  Traveller& ann = visitor("Ann");
  settle();
  BOOST_TEST(ann.feed == up_to(3));
  posts(2);
  settle();
  BOOST_TEST(ann.feed == up_to(5));
  ann.goes();
  posts(250);  // more than a page
  ann.comes(*server);
  posts(1);
  settle();
  BOOST_TEST(ann.feed == up_to(256));

  Traveller& ben = traveller("Ben");
  ben.feed_from.reset();  // has no use for what was
  ben.comes(*server);
  settle();
  posts(1);
  settle();
  BOOST_TEST((ben.feed == std::vector<std::int64_t>{257}));
}

BOOST_AUTO_TEST_CASE(presence_has_a_pace_and_the_newest_counts) {
  Traveller& ann = visitor("Ann");
  auto& olga = guest("Olga");
  for (int i = 0; i < 100; ++i) {
    connect::PresenceUpdate presence;
    presence.document = "f-" + std::to_string(i);
    ann.session.show(presence);
    wait(10ms);
  }
  wait(1s);
  BOOST_TEST(ann.said("presence/update") <= 21U);
  BOOST_TEST(ann.said("presence/update") >= 19U);
  const auto& heard = olga.client.heard<connect::PresenceChanged>();
  BOOST_TEST_REQUIRE(!heard.empty());
  BOOST_TEST(heard.back().participants.back().document.value_or("") == "f-99");
}

BOOST_AUTO_TEST_CASE(presence_fits_into_its_message) {
  Traveller& ann = visitor("Ann");
  connect::PresenceUpdate presence;
  presence.document = "f-1";
  presence.selections.resize(8);
  for (auto& selection : presence.selections) {
    selection.anchor.data = selection.head.data = std::string(64, 'p');
  }
  ann.session.show(presence);
  settle();
  auto& olga = guest("Olga");
  BOOST_TEST_REQUIRE(olga.client.workspace()->cursors.size() == 1U);
  BOOST_TEST(olga.client.workspace()->cursors[0].selections.size() >= 4U);
}

// Requests -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_request_fails_at_a_cut_unless_it_may_be_repeated) {
  Traveller& ann = traveller("Ann");
  int failed = 0;
  int answered = 0;
  const auto counts = [&](const Outcome<connect::MemberList>& outcome) {
    ++(std::holds_alternative<jsonrpc::RpcError>(outcome) ? failed : answered);
  };
  ann.session.call<connect::MemberList>({}, counts);
  BOOST_TEST(failed == 1);  // there is no connection
  ann.session.call<connect::MemberList>({}, counts, AfterCut::Repeat);
  ann.comes(*server);
  settle();
  BOOST_TEST(answered == 1);

  ann.session.call<connect::MemberList>({}, counts);
  ann.session.call<connect::MemberList>({}, counts, AfterCut::Repeat);
  ann.goes();
  BOOST_TEST(failed == 2);
  ann.comes(*server);
  settle();
  BOOST_TEST(answered == 2);
}

BOOST_AUTO_TEST_CASE(what_is_asked_too_fast_is_asked_again) {
  Traveller& ann = visitor("Ann");
  int answered = 0;
  for (int i = 0; i < 1500; ++i) {
    ann.session.call<connect::MemberList>(
        {},
        [&](const auto& outcome) {
          answered += std::holds_alternative<connect::MemberList::Reply>(outcome) ? 1 : 0;
        },
        AfterCut::Repeat);
  }
  settle();
  BOOST_TEST(answered < 1500);
  wait(1min);
  BOOST_TEST(answered == 1500);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sync
