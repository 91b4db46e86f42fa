#include "daemon/server/change_relay.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/net/channel.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/document.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using connect::DocumentTouched;
using connect::kMaxTouched;
using Names = std::vector<std::string>;

/// Ann writes, and Ben has many files and few of them open.
struct Desk : Club {
  ConnectDocument& anns(std::string_view document) {
    ConnectDocument& opened = ann.client.opens(document);
    settle();
    return opened;
  }
  void types(ConnectDocument& document, std::string_view text = "x") {
    document.types(document.length(), text);
    settle();
  }
  /// What somebody has been told since he was asked the last time.
  Names touched(const ConnectPerson& person) {
    const auto& all = person.client.heard<DocumentTouched>();
    Names names;
    for (std::size_t& i = read_[&person]; i < all.size(); ++i) {
      BOOST_TEST(
          (all[i].all ? *all[i].all && all[i].documents.empty() : !all[i].documents.empty()));
      names.insert(names.end(), all[i].documents.begin(), all[i].documents.end());
      if (all[i].all) names.emplace_back("(all)");
    }
    return names;
  }

  ConnectPerson& ann = guest("Ann");
  ConnectPerson& ben = guest("Ben");

 private:
  std::map<const ConnectPerson*, std::size_t> read_;
};

/// Somebody who is told, without a connection.
struct Ear final : ChangeRelay::Listener {
  void hear(std::string_view) override { ++frames; }
  [[nodiscard]] bool is_behind() const override { return false; }
  [[nodiscard]] bool has_open(wire::Channel document) const override {
    return document == open;
  }

  std::size_t frames = 0;
  wire::Channel open{};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(change_relay, Desk)

BOOST_AUTO_TEST_CASE(who_has_not_opened_it_is_told_soon_and_once) {
  ConnectDocument& file = anns("f-1");
  for (int i = 0; i < 5; ++i) types(file);
  wait(kChangeWindow - 1ms);
  BOOST_TEST(touched(ben).empty());
  wait(1ms);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
  wait(1s);
  BOOST_TEST(touched(ben).empty());
  types(file);
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
  BOOST_TEST(touched(ann).empty());
}

BOOST_AUTO_TEST_CASE(what_changes_together_is_told_together) {
  ConnectDocument& one = anns("f-1");
  ConnectDocument& two = anns("f-2");
  ConnectDocument& tree = anns("f-3");
  types(one);
  wait(kChangeWindow / 2);
  types(two);
  types(tree);
  types(one);
  wait(kChangeWindow / 2);
  BOOST_TEST(ben.client.heard<DocumentTouched>().size() == 1U);
  BOOST_TEST((touched(ben) == Names{"f-1", "f-2", "f-3"}));
}

BOOST_AUTO_TEST_CASE(who_has_it_open_is_not_told) {
  ConnectDocument& file = anns("f-1");
  ConnectDocument& bens = ben.client.opens("f-1");
  settle();
  types(file);
  wait(kChangeWindow);
  BOOST_TEST(bens.text() == "x");
  BOOST_TEST(touched(ben).empty());
  BOOST_TEST(touched(ann).empty());
}

// He is where he was, only without a place in it.
BOOST_AUTO_TEST_CASE(what_he_had_before_he_closed_it_is_not_told) {
  ConnectDocument& file = anns("f-1");
  ConnectDocument& bens = ben.client.opens("f-1");
  settle();
  types(bens, "mine");
  ben.client.closes(bens);
  settle();
  wait(kChangeWindow);
  BOOST_TEST(touched(ben).empty());
  BOOST_TEST(file.text() == "mine");
}

BOOST_AUTO_TEST_CASE(what_comes_after_he_closed_it_is_told_in_the_same_window) {
  ConnectDocument& file = anns("f-1");
  ConnectDocument& bens = ben.client.opens("f-1");
  ConnectPerson& cem = guest("Cem");
  settle();
  types(file);
  ben.client.closes(bens);
  settle();
  types(file);
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
  BOOST_TEST((touched(cem) == Names{"f-1"}));
}

// It is delivered at the end of the turn, when he has gone.
BOOST_AUTO_TEST_CASE(what_comes_in_the_turn_in_which_he_closes_it_is_told) {
  ConnectDocument& file = anns("f-1");
  ConnectDocument& bens = ben.client.opens("f-1");
  settle();
  types(file);
  file.types(0, "y");
  ben.client.closes(bens);
  settle();
  BOOST_TEST(bens.text() == "x");
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
}

BOOST_AUTO_TEST_CASE(what_a_provider_changes_is_told) {
  Person& olga = provider("Olga", "/yjs/w/f-1");
  Person& elsewhere = provider("Olga", "/yjs/w/no%20id");
  olga.types(0, "x");
  elsewhere.types(0, "x");
  settle();
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
}

BOOST_AUTO_TEST_CASE(it_is_for_those_who_agreed_on_it_and_have_opened_the_workspace) {
  ConnectPerson& cem = guest("Cem", "");
  ConnectPerson& vera = stranger("Vera");
  get<connect::Hello>(vera, {{1}, {"test", "1"}, {}, {"feed"}});
  get<connect::LoginToken>(vera, {token_of("Vera", connect::Role::Viewer)});
  get<connect::WorkspaceOpen>(vera, {"w"});
  ConnectPerson& zoe = guest("Zoe", "v");
  ConnectDocument& file = anns("f-1");
  types(file);
  wait(kChangeWindow);
  for (const ConnectPerson* person : {&cem, &vera, &zoe}) BOOST_TEST(touched(*person).empty());
  get<connect::WorkspaceOpen>(cem, {"w"});
  types(file);
  wait(kChangeWindow);
  BOOST_TEST((touched(cem) == Names{"f-1"}));
  BOOST_TEST(touched(vera).empty());
}

BOOST_AUTO_TEST_CASE(who_reads_slowly_is_told_to_look_for_himself) {
  ConnectDocument& file = anns("f-1");
  ConnectDocument& other = anns("f-2");
  ben.client.opens("f-1");
  settle();
  ben.is_slow(true);
  while (ben.waiting_bytes() <= net::kBacklogBytes) {
    file.types(0, std::string(500'000, 'x'));
    turn();
    file.erases(0, 500'000);
    turn();
  }
  turn();
  for (int i = 0; i < 3; ++i) {
    types(other);
    wait(kChangeWindow);
  }
  ben.is_slow(false);
  settle();
  BOOST_TEST((touched(ben) == Names{"(all)"}));
  types(other);
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-2"}));
}

// The list says what was before, and from then on he is told.
BOOST_AUTO_TEST_CASE(after_a_crash_changes_are_told_again) {
  ConnectDocument& file = anns("f-1");
  types(file);
  crash();
  ann.comes(*server);
  ben.comes(*server);
  settle();
  wait(1s);
  BOOST_TEST(touched(ben).empty());
  types(file);
  wait(kChangeWindow);
  BOOST_TEST((touched(ben) == Names{"f-1"}));
}

BOOST_AUTO_TEST_CASE(one_message_names_so_many_and_others_follow) {
  for (const std::size_t more : {0U, 1U}) {
    StoryClock time;
    Agenda agenda;
    ChangeRelay relay(agenda, time);
    Ear ear;
    Ear busy;  // has one of them open
    busy.open = wire::Channel{1};
    ChangeRelay::Follower follower;
    ChangeRelay::Follower other;
    relay.follow(follower, ear);
    relay.follow(other, busy);
    for (std::uint32_t i = 1; i <= kMaxTouched + more; ++i) {
      ChangeRelay::Mark mark;
      relay.changed("f-" + std::to_string(i), wire::Channel{i}, mark);
    }
    time.pass(kChangeWindow);
    agenda.advance(time.now());
    BOOST_TEST(ear.frames == 1 + more);
    BOOST_TEST(busy.frames == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_document_that_is_noted_costs_nothing_more_and_nor_does_nobody) {
  StoryClock time;
  Agenda agenda;
  ChangeRelay relay(agenda, time);
  ChangeRelay::Mark mark;
  relay.changed("f-1", wire::Channel{1}, mark);
  BOOST_TEST(!agenda.next().has_value());  // nobody would be told
  Ear ear;
  ChangeRelay::Follower follower;
  relay.follow(follower, ear);
  relay.changed("f-1", wire::Channel{1}, mark);
  const auto due = agenda.next();
  BOOST_TEST_REQUIRE(due.has_value());
  time.pass(kChangeWindow / 2);
  relay.changed("f-1", wire::Channel{1}, mark);
  BOOST_TEST((agenda.next() == due));
  time.pass(kChangeWindow / 2);
  agenda.advance(time.now());
  BOOST_TEST(ear.frames == 1U);
  BOOST_TEST(!agenda.next().has_value());
  relay.unfollow(follower);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
