#include "daemon/server/usher.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/server/client_line.h"
#include "daemon/server/limits.h"
#include "protocol/wire/message.h"
#include "tests/support/gardener.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using support::Gardener;

constexpr net::CloseCode kNoSuchRoom = close_code(connect::CloseReason::NoSuchRoom);

/// Below 2^32, as providers have them, and nobody else's.
constexpr std::uint64_t kGardener = 77;

/// A club whose tree Olga keeps, with a standard provider.
struct Garden : Club {
  Garden() {
    tree.plants_text("f-7", "src/main.c");
    tree.plants_binary("f-8", "logo.png");
    tree.plants_folder("f-9", "empty");
    changes();
  }
  /// What Olga has done since is known to the server.
  void changes() {
    Person& olga = provider("Olga", "/yjs/w/tree");
    const std::string state = tree.state();
    olga.says_message(wire::SyncUpdate{state});
    settle();
    BOOST_TEST(olga.is_here());
    olga.goes();
    settle();
  }
  /// Ann opens something, and types.
  Person& ann_types(std::string_view path, std::string_view text) {
    Person& ann = provider("Ann", path);
    ann.types(ann.length(), text);
    settle();
    return ann;
  }
  [[nodiscard]] std::string text_at(std::string_view path) {
    Person& reader = provider("Vera", path, connect::Role::Viewer);
    settle();
    return reader.text();
  }
  /// How the connection of somebody ends who comes there.
  [[nodiscard]] std::optional<net::CloseCode> turned_away(std::string_view path) {
    Person& guest = provider("Ann", path);
    settle();
    return guest.closed() ? std::optional(guest.closed()->code) : std::nullopt;
  }

  Gardener tree{kGardener};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(usher, Garden)

BOOST_AUTO_TEST_CASE(a_path_is_the_document_of_the_file_there) {
  ConnectDocument& file = guest("Ben").client.opens("f-7");
  ann_types("/yjs/w/src/main.c", "int");
  settle();
  BOOST_TEST(file.text() == "int");
  BOOST_TEST(stored_text("f-7") == "int");
  BOOST_TEST(stored_text("src/main.c").empty());
}

BOOST_AUTO_TEST_CASE(an_id_is_that_very_document) {
  ann_types("/yjs/w/f-7", "by its id");
  BOOST_TEST(text_at("/yjs/w/src/main.c") == "by its id");
  // Also when another file is called like it.
  tree.plants_text("f-10", "f-7");
  changes();
  BOOST_TEST(text_at("/yjs/w/f-7") == "by its id");
}

BOOST_AUTO_TEST_CASE(a_path_that_the_tree_does_not_have_is_a_document_of_its_own) {
  ann_types("/yjs/w/notes.md", "apart");
  BOOST_TEST(stored_text("notes.md") == "apart");
  tree.plants_text("f-11", "notes.md");
  changes();
  BOOST_TEST(text_at("/yjs/w/notes.md").empty());
}

BOOST_AUTO_TEST_CASE(who_is_on_a_file_stays_with_it_when_it_is_renamed) {
  Person& ann = ann_types("/yjs/w/src/main.c", "one ");
  tree.renames("f-7", "src/other.c");
  changes();
  BOOST_TEST(ann.is_here());
  ann.types(4, "two");
  settle();
  BOOST_TEST(text_at("/yjs/w/src/other.c") == "one two");
  BOOST_TEST(text_at("/yjs/w/src/main.c").empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_has_a_second_name_is_found_by_it) {
  tree.plants_text("z3f9ac1", "src/main.c");
  changes();
  ann_types("/yjs/w/src/main%20(3f9ac1).c", "the other");
  BOOST_TEST(stored_text("z3f9ac1") == "the other");
  BOOST_TEST(text_at("/yjs/w/src/main.c").empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_no_room) {
  BOOST_TEST((turned_away("/yjs/w/logo.png") == kNoSuchRoom));
  BOOST_TEST((turned_away("/yjs/w/f-8") == kNoSuchRoom));
  BOOST_TEST((turned_away("/yjs/w/empty") == kNoSuchRoom));
  BOOST_TEST((turned_away("/yjs/w/src/main.c") == std::nullopt));
  tree.deletes("f-8");
  changes();
  BOOST_TEST((turned_away("/yjs/w/logo.png") == std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_is_said_before_the_tree_is_there_is_not_lost) {
  ann_types("/yjs/w/src/main.c", "kept ");
  crash();
  Person& ann = provider("Ann", "/yjs/w/src/main.c");
  ann.goes();
  settle();
  wait(kForgetAfter + 1s);  // the tree has to be loaded again
  BOOST_TEST(server->room_count() == 0U);
  BOOST_TEST(ann.comes(*server, "/yjs/w/src/main.c",
                       "token=" + token_of("Ann", connect::Role::Editor)));
  ann.types(5, "and said");
  turn(/*store_works=*/false);
  turn(/*store_works=*/false);
  BOOST_TEST(ann.got().step2 == 1U);  // of her first visit
  settle();
  BOOST_TEST(stored_text("f-7") == "kept and said");
}

BOOST_AUTO_TEST_CASE(what_waits_for_the_tree_has_a_limit) {
  crash();
  const std::string token = "token=" + token_of("Ann", connect::Role::Editor);
  // She says step 1 first, and five messages in all.
  const std::string state(kMaxHeldBytes / 4 - 2 * kWaitingMessageBytes, 'x');
  const auto says = [&](Person& ann, std::size_t more) {
    ann.comes(*server, "/yjs/w/src/main.c", token);
    for (int i = 0; i < 3; ++i) ann.says_message(wire::SyncUpdate{state});
    ann.says_message(wire::SyncUpdate{state + std::string(more, 'x')});
    ann.sends();
    return ann.closed().has_value();
  };
  Person ann("Ann", 900);
  BOOST_TEST(!says(ann, 0));
  BOOST_TEST(says(ann, 8 * kWaitingMessageBytes));
  BOOST_TEST((ann.closed()->code == net::CloseCode::TryAgainLater));
  ann.goes();
}

BOOST_AUTO_TEST_CASE(who_leaves_before_the_tree_is_there_is_forgotten) {
  crash();
  Person ann("Ann", 900);
  const std::string token = "token=" + token_of("Ann", connect::Role::Editor);
  ann.comes(*server, "/yjs/w/src/main.c", token);
  ann.goes();
  turn(/*store_works=*/false);
  ann.comes(*server, "/yjs/w/src/main.c", token);
  turn(/*store_works=*/false);
  ann.goes();
  settle();
  BOOST_TEST(server->provider_count() == 0U);
  BOOST_TEST(server->room_count() == 1U);  // the tree
}

BOOST_AUTO_TEST_CASE(a_tree_that_cannot_be_loaded_is_tried_again_for_the_next) {
  crash();
  Person& ann = provider("Ann", "/yjs/w/src/main.c");
  settle();
  crash();
  ann.comes(*server, "/yjs/w/src/main.c", "token=" + token_of("Ann", connect::Role::Editor));
  server->end_of_turn();
  store.fail_sync();
  store.answer();
  turn();
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == net::CloseCode::InternalError));
  BOOST_TEST(ann_types("/yjs/w/src/main.c", "again").is_here());
  BOOST_TEST(stored_text("f-7") == "again");
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_sends_away_who_waits) {
  crash();
  Person ann("Ann", 900);
  ann.comes(*server, "/yjs/w/src/main.c", "token=" + token_of("Ann", connect::Role::Editor));
  server->end_of_turn();
  server->drain();
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == net::CloseCode::GoingAway));
  turn();
  BOOST_TEST(server->is_drained());
  ann.goes();
}

BOOST_AUTO_TEST_CASE(a_file_that_was_deleted_before_it_was_heard_of_does_no_harm) {
  tree.plants_text("f-12", "never.txt");
  tree.deletes("f-12");
  tree.plants_text("f-13", "after.txt");
  changes();
  ann_types("/yjs/w/after.txt", "here");
  BOOST_TEST(stored_text("f-13") == "here");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
