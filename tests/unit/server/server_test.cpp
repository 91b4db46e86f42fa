#include "daemon/server/server.h"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/server/limits.h"
#include "tests/unit/server/world.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using net::CloseCode;

constexpr bool kOpen = true;
constexpr bool kClosed = false;
constexpr std::string_view kFile = "/yjs/w/notes.txt";

}  // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(there_is_a_room_for_each_name) {
  World world(kOpen);
  world.guest("ann", "/yjs/a");
  world.guest("ben", "/yjs/b");
  world.guest("cem", "/yjs/a");
  BOOST_TEST(world.server->room_count() == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_no_room_is_not_found) {
  World world(kOpen);
  Person& ann = world.person("ann");
  BOOST_TEST(!ann.comes(*world.server, "/v2/elsewhere"));
  BOOST_TEST(ann.refusal()->status == 404);
}

BOOST_AUTO_TEST_CASE(members_come_with_a_token_of_their_workspace) {
  World world(kClosed);
  Person& ann = world.person("ann");
  BOOST_TEST(!ann.comes(*world.server, kFile));
  BOOST_TEST(ann.refusal()->status == 403);
  BOOST_TEST(!ann.comes(*world.server, kFile, "token=noise"));
  BOOST_TEST(!ann.comes(*world.server, "/yjs/other/notes.txt", "token=ann:editor"));
  BOOST_TEST(ann.refusal()->status == 403);
  BOOST_TEST(ann.comes(*world.server, kFile, "token=ann:editor"));
  world.settle();
  BOOST_TEST(world.server->room_count() == 2U);  // the file's, and the tree's
}

BOOST_AUTO_TEST_CASE(who_may_only_read_is_told_so_and_changes_nothing) {
  World world(kClosed);
  Person& ann = world.person("ann");
  Person& vic = world.person("vic");
  ann.comes(*world.server, kFile, "token=ann:editor");
  vic.comes(*world.server, kFile, "token=vic:viewer");
  ann.types(0, "text");
  world.settle();
  BOOST_TEST(vic.text() == "text");
  BOOST_TEST(vic.denials().empty());
  vic.types(0, "no ");
  vic.types(0, "no ");
  world.settle();
  BOOST_TEST(ann.text() == "text");
  BOOST_TEST(vic.denials().size() == 1U);
  BOOST_TEST(vic.is_here());
  ann.types(4, "!");
  world.settle();
  BOOST_TEST(vic.text() == "no no text!");
  world.crash();
  ann.comes(*world.server, kFile, "token=ann:editor");
  world.settle();
  BOOST_TEST(ann.text() == "text!");
}

BOOST_AUTO_TEST_CASE(a_client_id_belongs_to_whoever_wrote_first_under_it) {
  for (const bool crashes : {false, true}) {
    World world(kClosed);
    Person& ann = world.person("ann", 7);
    Person& eve = world.person("eve", 7);
    ann.comes(*world.server, kFile, "token=ann:editor");
    ann.types(0, "mine");
    world.settle();
    if (crashes) world.crash();
    eve.types(0, "evil and longer");
    eve.comes(*world.server, kFile, "token=eve:editor");
    world.settle();
    // So far it might be what Ann wrote, and the server lost.
    BOOST_TEST(eve.is_here());
    eve.types(0, "x");
    world.settle();
    BOOST_TEST_REQUIRE(eve.closed().has_value());
    BOOST_TEST((eve.closed()->code == CloseCode::PolicyViolation));
    ann.comes(*world.server, kFile, "token=ann:editor");
    ann.types(4, "!");
    world.settle();
    BOOST_TEST(ann.is_here());
    BOOST_TEST(ann.text() == "mine!");
  }
}

BOOST_AUTO_TEST_CASE(ids_that_are_leased_are_not_for_providers) {
  World world(kClosed);
  Person& eve = world.person("eve", store::kFirstLeasedClient);
  eve.comes(*world.server, kFile, "token=eve:editor");
  eve.types(0, "x");
  world.settle();
  BOOST_TEST(eve.closed().has_value());
  Person& ann = world.person("ann", store::kFirstLeasedClient - 1);
  ann.comes(*world.server, kFile, "token=ann:editor");
  ann.types(0, "x");
  world.settle();
  BOOST_TEST(ann.is_here());
}

BOOST_AUTO_TEST_CASE(presence_goes_at_once_with_its_connection) {
  World world(kOpen);
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.points_at(R"({"user":{"name":"ann"}})");
  world.turn();
  BOOST_TEST((ben.sees().at(100) == R"({"user":{"name":"ann"}})"));
  BOOST_TEST(world.guest("cem").sees().size() == 1U);
  ann.goes();
  world.turn();
  BOOST_TEST(ben.sees().empty());
}

// A provider that hears nothing for 30 s takes its connection for dead.
BOOST_AUTO_TEST_CASE(whoever_is_alone_hears_his_own_presence) {
  World world(kOpen);
  Person& ann = world.guest("ann");
  ann.forgets_what_he_got();
  ann.points_at("{}");
  world.turn();
  BOOST_TEST(ann.got().awareness == 1U);
}

BOOST_AUTO_TEST_CASE(presence_of_who_is_silent_goes_in_time) {
  World world(kOpen);
  Person& ann = world.guest("ann");
  Person& ben = world.guest("ben");
  ann.points_at("{}");
  world.turn();
  world.wait(kPresenceTimeout - 1s);
  BOOST_TEST(ben.sees().size() == 1U);
  world.wait(2s);
  BOOST_TEST(ben.sees().empty());
}

BOOST_AUTO_TEST_CASE(members_see_who_the_server_says_is_there) {
  World world(kClosed);
  Person& ann = world.person("ann");
  Person& vic = world.person("vic");
  ann.comes(*world.server, kFile, "token=ann:editor");
  vic.comes(*world.server, kFile, "token=vic:viewer");
  ann.points_at(R"({"user":{"name":"root"},"cursor":5})");
  world.settle();
  BOOST_TEST(vic.sees().at(100) ==
             R"({"user":{"name":"ann","color":"#123456","role":"editor"},"cursor":5})");
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_waits_for_a_snapshot_too) {
  World world(kOpen);
  Person& ann = world.guest("ann");
  for (std::size_t i = 0; i <= kMaxLogRows; ++i) {
    ann.types(0, "x");
    world.turn();
  }
  world.server->advance(world.clock.now());
  world.server->drain();
  BOOST_TEST(!world.server->is_drained());
  world.turn();
  BOOST_TEST(world.server->is_drained());
  BOOST_TEST(ann.closed().has_value());
}

BOOST_AUTO_TEST_CASE(a_server_that_goes_keeps_what_it_took_and_takes_nothing_new) {
  World world(kOpen);
  Person& ann = world.guest("ann");
  ann.types(0, "taken");
  ann.sends();
  world.server->drain();
  BOOST_TEST(!world.server->is_drained());
  ann.types(5, " not taken");
  Person& late = world.person("late");
  BOOST_TEST(!late.comes(*world.server, "/yjs/room"));
  BOOST_TEST(late.refusal()->status == 503);
  world.turn_without_store();
  BOOST_TEST(!ann.closed().has_value());
  world.turn();
  BOOST_TEST(world.server->is_drained());
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == CloseCode::GoingAway));
  world.crash();
  BOOST_TEST(world.guest("ben").text() == "taken");
  ann.comes(*world.server, "/yjs/room");
  world.settle();
  BOOST_TEST(world.people.back()->text() == "taken not taken");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
