// What a room does when the server has lost what its members have seen.

#include <chrono>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/server/limits.h"
#include "daemon/server/room.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using net::CloseCode;

constexpr std::string_view kFile = "/yjs/w/notes.txt";

/// A workspace where Ann and Ben have written already.
struct Pair : World {
  Pair() : World(/*open=*/false) {
    comes(ann);
    comes(ben);
    ann.types(0, "ann ");
    ben.types(0, "ben ");
    settle();
  }
  void comes(Person& person) {
    person.comes(*server, kFile, "token=" + person.name() + ":editor");
  }
  /// What somebody new finds.
  std::string text_for_others() {
    Person& cem = person("cem" + std::to_string(people.size()));
    comes(cem);
    settle();
    return cem.text();
  }

  Person& ann = person("ann");
  Person& ben = person("ben");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(room_recovery, Pair)

BOOST_AUTO_TEST_CASE(who_has_seen_what_was_lost_is_let_in_before_its_author_is_back) {
  ann.types(0, "lost ");
  turn_without_store();
  BOOST_TEST(ben.text().starts_with("lost "));
  crash();
  comes(ben);
  ben.types(ben.length(), "more");
  settle();
  BOOST_TEST(ben.is_here());
  BOOST_TEST(text_for_others().ends_with("more"));
  BOOST_TEST(!text_for_others().starts_with("lost"));
  comes(ann);
  settle();
  BOOST_TEST(ann.text() == ben.text());
  BOOST_TEST(text_for_others() == ben.text());
}

// Neither can bring all of his before the other has.
BOOST_AUTO_TEST_CASE(two_who_built_on_each_other_come_back_together) {
  for (int i = 0; i < 3; ++i) {
    ann.types(1, "a");
    turn_without_store();
    ben.types(1, "b");
    turn_without_store();
  }
  const std::string text = ann.text();
  crash();
  comes(ben);
  settle();
  comes(ann);
  settle();
  settle();
  BOOST_TEST(ann.is_here());
  BOOST_TEST(ben.is_here());
  BOOST_TEST(ann.text() == text);
  BOOST_TEST(text_for_others() == text);
  crash();
  BOOST_TEST(text_for_others() == text);
}

BOOST_AUTO_TEST_CASE(deletions_of_what_was_lost_come_again) {
  ann.types(0, "lost ");
  turn_without_store();
  ben.erases(1, 2);
  turn_without_store();
  crash();
  comes(ben);
  settle();
  comes(ann);
  settle();
  BOOST_TEST(ann.text() == ben.text());
  BOOST_TEST(text_for_others() == ben.text());
}

BOOST_AUTO_TEST_CASE(whose_text_waits_for_others_in_vain_is_told) {
  ann.types(0, "lost ");
  turn_without_store();
  ben.types(2, "inside");
  crash();
  comes(ben);
  settle();
  wait(kMaxWaitForOthers - 1s);
  BOOST_TEST(!ben.closed().has_value());
  wait(2s);
  BOOST_TEST_REQUIRE(ben.closed().has_value());
  BOOST_TEST((ben.closed()->code == CloseCode::PolicyViolation));
}

// Else whoever brings it back after a crash would be its owner.
BOOST_AUTO_TEST_CASE(what_a_new_client_writes_is_seen_once_the_client_id_is_his_on_disk) {
  Person& cem = person("cem");
  comes(cem);
  settle();
  cem.types(0, "first ");
  turn_without_store();
  BOOST_TEST(!ann.text().starts_with("first"));
  Person& dan = person("dan");
  comes(dan);
  turn_without_store();
  BOOST_TEST(dan.text().empty());
  turn();
  turn();
  BOOST_TEST(ann.text().starts_with("first"));
  BOOST_TEST(dan.text().starts_with("first"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
