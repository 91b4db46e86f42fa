#include "daemon/server/live_workspace.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/all.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using connect::Activity;
using connect::Role;

connect::PresenceUpdate points_at(std::string position, std::string document = "f-7") {
  connect::PresenceUpdate update;
  update.document = std::move(document);
  update.selections = {{{position}, {position}}};
  return update;
}

std::size_t presence_heard(const ConnectPerson& person) {
  return person.client.heard<connect::PresenceChanged>().size();
}

/// The last thing that somebody heard of somebody else.
connect::Participant as_seen_by(const ConnectPerson& witness, std::string_view name) {
  connect::Participant last;
  for (const auto& changed : witness.client.heard<connect::PresenceChanged>()) {
    for (const auto& participant : changed.participants) {
      if (participant.user.name == name) last = participant;
    }
  }
  return last;
}

bool has_left(const ConnectPerson& witness, const std::string& participant) {
  const auto& heard = witness.client.heard<connect::PresenceChanged>();
  return std::any_of(heard.begin(), heard.end(), [&](const auto& changed) {
    return std::find(changed.left.begin(), changed.left.end(), participant) !=
           changed.left.end();
  });
}

/// Somebody stops to read, and somebody else types until too much waits for him.
template <class Settle>
void let_queue_fill(ConnectPerson& slow, ConnectDocument& others, Settle settle) {
  slow.is_slow(true);
  while (slow.waiting_bytes() <= net::kBacklogBytes) {
    others.types(0, std::string(100'000, 'x'));
    settle();
    others.erases(0, others.length());
    settle();
  }
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(live_workspace, Club)

BOOST_AUTO_TEST_CASE(everybody_sees_who_comes_and_who_goes) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  BOOST_TEST(ben.client.workspace()->participants.size() == 2U);
  BOOST_TEST(as_seen_by(ann, "Ben").client == "test");
  const std::string bens = ben.client.workspace()->participant_id;
  ben.goes();
  settle();
  BOOST_TEST(has_left(ann, bens));
}

BOOST_AUTO_TEST_CASE(a_provider_is_a_participant_like_all) {
  ConnectPerson& ann = guest("Ann");
  Person& ben = provider("Ben", "/yjs/w/f-7", Role::Viewer);
  const auto seen = as_seen_by(ann, "Ben");
  BOOST_TEST(seen.client == "yjs");
  BOOST_TEST((seen.role == Role::Viewer));
  ben.goes();
  settle();
  BOOST_TEST(has_left(ann, seen.id));
}

BOOST_AUTO_TEST_CASE(name_colour_and_role_are_the_servers_to_say) {
  ConnectPerson& ann = guest("Ann");
  guest("Vera");
  const auto vera = as_seen_by(ann, "Vera");
  BOOST_TEST((vera.role == Role::Viewer));
  BOOST_TEST(vera.user.id == id_of("Vera"));
  BOOST_TEST(vera.user.color.starts_with("#"));
}

BOOST_AUTO_TEST_CASE(of_many_updates_the_newest_counts_twenty_times_a_second) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  wait(1s);
  const std::size_t before = presence_heard(ann);
  for (int i = 0; i < 100; ++i) {
    ben.client.notify(points_at(std::to_string(i)));
    wait(10ms);
  }
  wait(1s);
  const std::size_t told = presence_heard(ann) - before;
  BOOST_TEST(told >= 19U);
  BOOST_TEST(told <= 21U);
  BOOST_TEST(
      ann.client.heard<connect::CursorChanged>().back().cursors[0].selections[0].head.data ==
      "99");
}

BOOST_AUTO_TEST_CASE(a_cursor_is_gone_from_where_it_was) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  ben.client.notify(points_at("a", "f-1"));
  settle();
  wait(1s);
  BOOST_TEST(get<connect::WorkspaceOpen>(ann, {"w"}).cursors.size() == 1U);
  ben.client.notify(points_at("b", "f-2"));
  settle();
  const auto moved = ann.client.heard<connect::CursorChanged>().back();
  BOOST_TEST_REQUIRE(moved.cursors.size() == 2U);
  BOOST_TEST(moved.cursors[0].document == "f-1");
  BOOST_TEST(moved.cursors[0].selections.empty());
  BOOST_TEST(moved.cursors[1].document == "f-2");
  // The one who moved hears it, too.
  BOOST_TEST(ben.client.heard<connect::CursorChanged>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_id_that_somebody_inserts_under_is_told_if_it_is_theirs) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  connect::PresenceUpdate update = points_at("here");
  const auto annas = get<connect::ClientLease>(ann, {"r-1", 1}).client_ids.front();
  const auto bens = get<connect::ClientLease>(ben, {"r-1", 1}).client_ids.front();
  update.client_id = bens;
  wait(1s);
  ben.client.notify(update);
  settle();
  BOOST_TEST((as_seen_by(ann, "Ben").client_id == bens));
  for (const std::int64_t others : {annas, std::int64_t{-1}, std::int64_t{7}}) {
    wait(1s);
    update.client_id = others;
    ben.client.notify(update);
    settle();
    BOOST_TEST(!as_seen_by(ann, "Ben").client_id.has_value());
  }
}

BOOST_AUTO_TEST_CASE(presence_has_a_size) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  connect::PresenceUpdate update = points_at(std::string(64, 'x'));
  while (update.selections.size() < 4) update.selections.push_back(update.selections[0]);
  update.activity = Activity::Idle;
  const std::size_t bytes = jsonrpc::write_json(jsonrpc::write_fields(update)).size();
  BOOST_TEST_REQUIRE(bytes < connect::kMaxPresenceBytes);
  const auto fill = [&](std::size_t size) {
    const std::size_t now = jsonrpc::write_json(jsonrpc::write_fields(update)).size();
    *update.document += std::string(size - now, 'x');
  };
  // Ids are at most 64 bytes, so the last bytes come from another selection.
  update.selections.push_back({{std::string(60, 'x')}, {std::string(12, 'x')}});
  fill(connect::kMaxPresenceBytes);
  BOOST_TEST_REQUIRE(update.document->size() < connect::kMaxIdBytes);
  wait(1s);
  ben.client.notify(update);
  settle();
  BOOST_TEST((as_seen_by(ann, "Ben").activity == Activity::Idle));
  wait(1s);
  update.activity = Activity::Away;  // as long as `idle`
  *update.document += 'x';
  ben.client.notify(update);
  settle();
  BOOST_TEST((as_seen_by(ann, "Ben").activity == Activity::Idle));
}

BOOST_AUTO_TEST_CASE(typing_in_the_chat_ends_by_itself) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  wait(1s);
  ben.client.notify(connect::ChatTyping{});
  settle();
  BOOST_TEST(as_seen_by(ann, "Ben").typing_in_chat);
  wait(kChatTyping - 100ms);
  BOOST_TEST(as_seen_by(ann, "Ben").typing_in_chat);
  wait(200ms);
  BOOST_TEST(!as_seen_by(ann, "Ben").typing_in_chat);
}

BOOST_AUTO_TEST_CASE(who_reads_slowly_misses_presence_and_hears_of_everybody_later) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  ConnectPerson& cem = guest("Cem");
  ConnectDocument& anns = ann.client.opens("f-7");
  ConnectDocument& bens = ben.client.opens("f-7");
  settle();
  let_queue_fill(ann, bens, [this] { settle(); });
  wait(1s);
  const std::string cems = cem.client.workspace()->participant_id;
  ben.client.notify(points_at("z"));
  settle();
  cem.goes();
  settle();
  const std::size_t waiting = ann.waiting_bytes();
  ben.client.notify(points_at("y"));
  wait(1s);
  BOOST_TEST(ann.waiting_bytes() == waiting);
  ann.is_slow(false);
  settle();
  BOOST_TEST(has_left(ann, cems));
  BOOST_TEST(as_seen_by(ann, "Ben").document.value_or("") == "f-7");
  BOOST_TEST(
      ann.client.heard<connect::CursorChanged>().back().cursors[0].selections[0].head.data ==
      "y");
  BOOST_TEST(anns.text() == bens.text());
}

BOOST_AUTO_TEST_CASE(members_are_online_or_were_seen) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  const auto member = [&](std::string_view name) {
    for (const auto& one : get<connect::MemberList>(ann, {}).members) {
      if (one.user.name == name) return one;
    }
    return connect::Member{};
  };
  BOOST_TEST(member("Ben").online);
  BOOST_TEST(!member("Olga").online);
  ben.goes();
  settle();
  BOOST_TEST(!member("Ben").online);
  BOOST_TEST(member("Ben").last_seen_at.value_or(0) == clock.wall().ms);
}

BOOST_AUTO_TEST_CASE(who_was_seen_is_known_after_a_restart) {
  const auto seen = [this](ConnectPerson& asking, std::string_view name) {
    for (const auto& one : get<connect::MemberList>(asking, {}).members) {
      if (one.user.name == name) return one.last_seen_at;
    }
    return std::optional<std::int64_t>();
  };
  ConnectPerson& at_work = guest("Ben");
  Person& at_home = provider("Ben", "/yjs/w/f-7");
  at_work.goes();  // and is still here
  settle();
  wait(5s);
  at_home.goes();
  settle();
  const std::int64_t gone = clock.wall().ms;
  wait(5s);
  crash();
  ConnectPerson& ann = guest("Ann");
  BOOST_TEST(seen(ann, "Ben").value_or(0) == gone);
  BOOST_TEST(!seen(ann, "Ann"));  // who is here now
  BOOST_TEST(!seen(ann, "Vera"));
}

BOOST_AUTO_TEST_CASE(owners_hear_who_waits_and_who_waits_hears_the_decision) {
  ConnectPerson& olga = guest("Olga");
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& eve = guest("Eve", "");
  connect::InviteCreate wish;
  wish.role = Role::Viewer;
  wish.approval = true;
  connect::InviteRedeem redeem;
  redeem.workspace_id = "w";
  redeem.secret = get(olga, wish).secret;
  BOOST_TEST((get(eve, redeem).standing == connect::Standing::Waiting));
  BOOST_TEST_REQUIRE(!olga.client.heard<connect::MemberWaiting>().empty());
  const auto waiting = olga.client.heard<connect::MemberWaiting>().back().members;
  BOOST_TEST_REQUIRE(waiting.size() == 1U);
  BOOST_TEST(ann.client.heard<connect::MemberWaiting>().empty());
  get<connect::MemberApprove>(olga, {waiting[0].user.id, true});
  BOOST_TEST_REQUIRE(eve.client.heard<connect::InviteDecided>().size() == 1U);
  BOOST_TEST(eve.client.heard<connect::InviteDecided>()[0].approved);
  BOOST_TEST(olga.client.heard<connect::MemberWaiting>().back().members.empty());
}

// The feed ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_feed_comes_in_order_and_without_gaps) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  for (int i = 0; i < 50; ++i) {
    ConnectPerson& who = i % 2 == 0 ? ann : ben;
    who.client.call<connect::ChatSend>({std::to_string(i), "hello", {}, {}});
    if (i % 7 == 0) turn();
  }
  settle();
  for (const ConnectPerson* person : {&ann, &ben}) {
    std::int64_t next = person->client.workspace()->feed_seq + 1;
    for (const auto& news : person->client.heard<connect::FeedEntries>()) {
      for (const auto& entry : news.entries) BOOST_TEST(entry.seq == next++);
    }
    BOOST_TEST(next == 51);
  }
}

BOOST_AUTO_TEST_CASE(who_reads_slowly_gets_the_feed_when_he_has_caught_up) {
  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");
  ann.client.opens("f-7");
  ConnectDocument& bens = ben.client.opens("f-7");
  settle();
  let_queue_fill(ann, bens, [this] { settle(); });
  for (int i = 0; i < 5; ++i) get<connect::ChatSend>(ben, {std::to_string(i), "hello", {}, {}});
  ann.is_slow(false);
  settle();
  get<connect::ChatSend>(ben, {"last", "hello", {}, {}});
  std::int64_t next = ann.client.workspace()->feed_seq + 1;
  for (const auto& news : ann.client.heard<connect::FeedEntries>()) {
    for (const auto& entry : news.entries) BOOST_TEST(entry.seq == next++);
  }
  BOOST_TEST(next == ann.client.workspace()->feed_seq + 7);
}

BOOST_AUTO_TEST_CASE(a_workspace_that_cannot_be_opened_now_can_be_later) {
  ConnectPerson& ann = guest("Ann", "");
  std::optional<support::Outcome<connect::WorkspaceOpen>> answer;
  ann.client.call<connect::WorkspaceOpen>({"w"},
                                          [&](const auto& outcome) { answer = outcome; });
  ann.sends();
  store.fail_sync();
  store.answer();
  settle();
  BOOST_TEST_REQUIRE(answer.has_value());
  if (answer->index() == 0) return;  // what only reads may be answered all the same
  BOOST_TEST(get<connect::WorkspaceOpen>(ann, {"w"}).workspace.id == "w");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
