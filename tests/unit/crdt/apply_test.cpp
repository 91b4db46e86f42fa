#include "daemon/crdt/apply.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/hex.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::Peers;
using support::SeededRandom;

constexpr std::string_view kSmile = "\xF0\x9F\x98\x80";
constexpr std::string_view kTorn = "\xEF\xBF\xBD";

/// A replica that only ever receives.
class Receiver {
 public:
  explicit Receiver(bool collect = true)
      : document({.client = ClientId{99}, .collect = collect}),
        text(document.text("content")),
        list(document.array("list")) {}

  Document document;
  const TypeRef text;
  const TypeRef list;

  Receiver& gets(const std::string& update) {
    const auto applied = document.apply(update);
    BOOST_TEST_REQUIRE(applied.has_value());
    document.check_invariants();
    return *this;
  }
  Receiver& gets(const UpdateBuilder& update) { return gets(update.str()); }

  [[nodiscard]] std::string reads() const { return document.to_string(text); }
  [[nodiscard]] std::string state() const { return document.encode_state(); }
  [[nodiscard]] std::uint32_t clock(std::uint64_t client) const {
    return document.state_vector().get(ClientId{client}).value();
  }
};

UpdateBuilder by(std::uint64_t client, std::uint32_t clock = 0) {
  return UpdateBuilder().by(client, clock);
}

/// In the root `list`: an array in which a client 5 put the text "inner" (5,1..5).
const std::string kNested = by(5)
                                .add(ContentKind::Type, 1, {"\x00", 1}, {.root = "list"})
                                .text("inner", {.parent = id(5, 0)})
                                .str();

}  // namespace

BOOST_AUTO_TEST_SUITE(apply)

// Known, new, and in part both ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_update_that_comes_twice_changes_nothing) {
  Receiver receiver;
  const UpdateBuilder update = by(1).text("hello").erases(1, 1, 2);
  receiver.gets(update);
  const std::string once = receiver.state();
  receiver.gets(update);
  BOOST_TEST(receiver.reads() == "hlo");
  BOOST_TEST(receiver.state() == once);
}

BOOST_AUTO_TEST_CASE(of_what_is_known_in_part_the_rest_is_taken) {
  Receiver receiver;
  receiver.gets(by(1).text("hel"));
  receiver.gets(by(1).text("hello"));
  BOOST_TEST(receiver.reads() == "hello");
  BOOST_TEST(receiver.state() == by(1).text("hello").str());
}

BOOST_AUTO_TEST_CASE(values_that_are_known_in_part_go_on_where_they_end) {
  Receiver receiver;
  receiver.gets(by(1).add(ContentKind::Any, 2, "xy", {.root = "list"}));
  receiver.gets(by(1).add(ContentKind::Any, 4, "xyxy", {.root = "list"}));
  BOOST_TEST(receiver.document.length(receiver.list).value() == 4U);
  BOOST_TEST(receiver.state() ==
             by(1).add(ContentKind::Any, 4, "xyxy", {.root = "list"}).str());
}

BOOST_AUTO_TEST_CASE(a_pair_that_is_known_by_half_is_torn) {
  Receiver receiver;
  receiver.gets(by(1).text("a").more("b"));
  receiver.gets(by(1).text("a" + std::string(kSmile)));
  // One half is the b that is there already, so of the other nothing is left but a mark.
  BOOST_TEST(receiver.reads() == "ab" + std::string(kTorn));
}

BOOST_AUTO_TEST_CASE(what_is_deleted_before_it_comes_stays_away) {
  Receiver receiver;
  receiver.gets(UpdateBuilder().erases(1, 1, 3));
  BOOST_TEST(receiver.document.has_pending());
  receiver.gets(by(1).text("hello"));
  BOOST_TEST(receiver.reads() == "ho");
  BOOST_TEST(!receiver.document.has_pending());
}

BOOST_AUTO_TEST_CASE(a_deletion_of_what_is_here_in_part_waits_for_the_rest) {
  Receiver receiver;
  receiver.gets(by(1).text("ab"));
  receiver.gets(UpdateBuilder().erases(1, 1, 4));
  BOOST_TEST(receiver.reads() == "a");
  BOOST_TEST(receiver.document.has_pending());
  receiver.gets(by(1, 2).more("cdef"));
  BOOST_TEST(receiver.reads() == "af");
  BOOST_TEST(!receiver.document.has_pending());
}

BOOST_AUTO_TEST_CASE(a_deletion_may_cover_many_items_and_what_is_deleted_already) {
  Receiver receiver;
  receiver.gets(by(1).text("abcdef"));
  receiver.gets(by(2).text("X", {.left = id(1, 2), .right = id(1, 3)}));
  receiver.gets(UpdateBuilder().erases(1, 1, 1).erases(1, 4, 1));
  receiver.gets(UpdateBuilder().erases(1, 1, 4));
  BOOST_TEST(receiver.reads() == "aXf");
}

// Out of order --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_gap_in_a_client_is_waited_for) {
  Receiver receiver;
  receiver.gets(by(1, 2).more("cd"));
  BOOST_TEST(receiver.document.has_pending());
  BOOST_TEST(receiver.reads() == "");
  BOOST_TEST(receiver.clock(1) == 0U);
  receiver.gets(by(1).text("ab"));
  BOOST_TEST(!receiver.document.has_pending());
  BOOST_TEST(receiver.reads() == "abcd");
}

BOOST_AUTO_TEST_CASE(a_neighbour_by_somebody_else_is_waited_for) {
  Receiver receiver;
  receiver.gets(by(2).text("R", {.left = id(1, 0)}));
  receiver.gets(by(3).text("L", {.right = id(1, 0)}));
  BOOST_TEST(receiver.document.has_pending());
  receiver.gets(by(1).text("m"));
  BOOST_TEST(!receiver.document.has_pending());
  BOOST_TEST(receiver.reads() == "LmR");
}

BOOST_AUTO_TEST_CASE(a_type_by_somebody_else_is_waited_for) {
  Receiver receiver;
  receiver.gets(by(6).text("later", {.parent = id(5, 0)}));
  BOOST_TEST(receiver.document.has_pending());
  receiver.gets(kNested);
  BOOST_TEST(!receiver.document.has_pending());
  BOOST_TEST(receiver.clock(6) == 5U);
}

BOOST_AUTO_TEST_CASE(what_can_be_applied_of_an_update_is_applied) {
  Receiver receiver;
  receiver.gets(by(1).text("one").by(2, 4).more("lost"));
  BOOST_TEST(receiver.reads() == "one");
  BOOST_TEST(receiver.document.has_pending());
  BOOST_TEST(receiver.clock(1) == 3U);
  BOOST_TEST(receiver.clock(2) == 0U);
}

BOOST_AUTO_TEST_CASE(several_pending_updates_are_applied_once_the_first_link_is_there) {
  Receiver receiver;
  for (std::uint32_t clock = 9; clock > 0; --clock) {
    receiver.gets(by(1, clock).more(std::string(1, static_cast<char>('0' + clock))));
  }
  BOOST_TEST(receiver.document.has_pending());
  receiver.gets(by(1).text("0"));
  BOOST_TEST(!receiver.document.has_pending());
  BOOST_TEST(receiver.reads() == "0123456789");
}

BOOST_AUTO_TEST_CASE(what_is_pending_is_part_of_the_state) {
  Receiver receiver;
  receiver.gets(by(2).text("b", {.left = id(1, 0)}).erases(3, 0, 2));
  Receiver other;
  other.gets(receiver.state());
  BOOST_TEST(other.document.has_pending());
  other.gets(by(1).text("a")).gets(by(3).text("xyz", {.left = id(2, 0)}));
  BOOST_TEST(other.reads() == "abz");
}

BOOST_AUTO_TEST_CASE(updates_in_any_order_give_one_state) {
  const std::vector<std::string> updates = {
      by(1).text("one ").str(),
      by(1, 4).more("two").str(),
      by(2).text("X", {.left = id(1, 1), .right = id(1, 2)}).str(),
      UpdateBuilder().erases(1, 1, 4).str(),
  };
  std::vector<std::size_t> order = {0, 1, 2, 3};
  std::string first;
  do {
    Receiver receiver;
    for (const std::size_t i : order) receiver.gets(updates[i]);
    BOOST_TEST(!receiver.document.has_pending());
    BOOST_TEST(receiver.reads() == "oXwo");
    if (first.empty()) first = receiver.state();
    BOOST_TEST(receiver.state() == first);
  } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(an_update_that_cannot_be_read_changes_nothing) {
  Receiver receiver;
  receiver.gets(by(1).text("hello"));
  const std::string before = receiver.state();
  const std::string good = by(2).text("world").erases(1, 0, 1).str();
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto applied = receiver.document.apply(good.substr(0, length));
    BOOST_TEST_REQUIRE(!applied.has_value());
    BOOST_TEST((applied.error().code == ErrorCode::Malformed));
  }
  BOOST_TEST(receiver.state() == before);
}

// Collected -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_belongs_to_a_collected_type_is_collected_too) {
  Receiver receiver;
  receiver.gets(kNested).gets(UpdateBuilder().erases(5, 0, 1));
  receiver.gets(by(6).text("late", {.parent = id(5, 0)}));
  receiver.gets(by(7).text("later", {.left = id(5, 2)}));
  receiver.gets(by(8).text("latest", {.right = id(5, 2)}));
  BOOST_TEST(receiver.clock(6) == 4U);
  BOOST_TEST(receiver.clock(7) == 5U);
  BOOST_TEST(receiver.clock(8) == 6U);
  Receiver fresh;
  fresh.gets(receiver.state());
  BOOST_TEST(fresh.state() == receiver.state());
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_deleted_type_is_deleted_even_if_nothing_is_collected) {
  Receiver receiver(/*collect=*/false);
  receiver.gets(kNested).gets(UpdateBuilder().erases(5, 0, 1));
  receiver.gets(by(6).text("late", {.parent = id(5, 0)}));
  BOOST_TEST(receiver.document.snapshot().deletes.contains(id(6, 3)));
}

BOOST_AUTO_TEST_CASE(collected_ranges_that_follow_each_other_become_one) {
  Receiver receiver;
  receiver.gets(by(1).add(ContentKind::Gc, 3, {}).add(ContentKind::Gc, 4, {}));
  receiver.gets(by(1, 7).add(ContentKind::Gc, 1, {}));
  BOOST_TEST(receiver.state() == by(1).add(ContentKind::Gc, 8, {}).erases(1, 0, 8).str());
}

// Hostile -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_continuation_goes_where_its_known_part_is) {
  Receiver receiver;
  receiver.gets(by(1).text("text"));
  receiver.gets(by(2).add(ContentKind::Any, 2, "xy", {.root = "list"}));
  // The same again and more of it, but now behind the text.
  receiver.gets(by(2).add(ContentKind::Any, 5, "xyxyx", {.left = id(1, 3)}));
  BOOST_TEST(receiver.reads() == "text");
  BOOST_TEST(receiver.document.length(receiver.text).value() == 4U);
  BOOST_TEST(receiver.document.length(receiver.list).value() == 5U);
}

BOOST_AUTO_TEST_CASE(a_continuation_of_what_is_collected_is_collected) {
  Receiver receiver;
  receiver.gets(by(1).text("text"));
  receiver.gets(by(2).add(ContentKind::Gc, 2, {}));
  receiver.gets(by(2).text("hello", {.left = id(1, 3)}));
  BOOST_TEST(receiver.reads() == "text");
  BOOST_TEST(receiver.clock(2) == 5U);
}

BOOST_AUTO_TEST_CASE(neighbours_in_different_lists_do_no_harm) {
  Receiver receiver;
  receiver.gets(by(1).text("text"));
  receiver.gets(by(2).add(ContentKind::Any, 2, "xy", {.root = "list"}));
  receiver.gets(by(3).text("A", {.left = id(1, 1), .right = id(2, 1)}));
  receiver.gets(by(4).text("B", {.left = id(2, 0), .right = id(1, 1)}));
  BOOST_TEST(receiver.clock(3) == 1U);
  BOOST_TEST(receiver.clock(4) == 1U);
}

BOOST_AUTO_TEST_CASE(neighbours_the_wrong_way_round_do_no_harm) {
  Receiver receiver;
  receiver.gets(by(1).text("text"));
  receiver.gets(by(2).text("A", {.left = id(1, 3), .right = id(1, 0)}));
  receiver.gets(by(3).text("B", {.left = id(1, 1), .right = id(1, 1)}));
  BOOST_TEST(receiver.clock(2) == 1U);
  BOOST_TEST(receiver.clock(3) == 1U);
}

BOOST_AUTO_TEST_CASE(a_parent_that_is_no_type_collects_what_it_gets) {
  Receiver receiver;
  receiver.gets(by(1).text("text"));
  receiver.gets(by(2).text("inside of a letter", {.parent = id(1, 1)}));
  BOOST_TEST(receiver.reads() == "text");
  BOOST_TEST(receiver.clock(2) == 18U);
}

// All at once ---------------------------------------------------------------------------------

// From so many structs on an empty document is filled in another way.
BOOST_AUTO_TEST_CASE(a_whole_document_loads_to_what_its_updates_gave) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    SeededRandom random(seed);
    BOOST_TEST_INFO_SCOPE(random);
    Peers peers(3, /*collect=*/random.one_in(2));
    for (int step = 0; step < 150; ++step) {
      const std::size_t author = random.below(3);
      some_edit(random, peers[author]);
      if (random.one_in(3)) some_change_elsewhere(random, peers[author]);
      if (!random.one_in(4)) continue;
      const std::string state = peers[random.below(3)].document.encode_state();
      BOOST_TEST_REQUIRE(peers[random.below(3)].receive(state).has_value());
    }
    BOOST_TEST_REQUIRE(peers.converge().value_or("") == "");
  }
}

BOOST_AUTO_TEST_CASE(replicas_converge_whatever_the_network_does) {
  SeededRandom random;
  for (int round = 0; round < 20; ++round) {
    BOOST_TEST_INFO_SCOPE(random);
    Peers peers(3, /*collect=*/!random.one_in(3));
    for (int step = 0; step < 120; ++step) {
      const std::size_t index = random.below(3);
      if (random.one_in(2)) {
        some_edit(random, peers[index]);
      } else if (random.one_in(4)) {
        some_change_elsewhere(random, peers[index]);
      } else if (!peers.sent().empty()) {
        BOOST_TEST_REQUIRE(peers[index].receive(random.pick(peers.sent())).has_value());
      }
      if (random.one_in(40)) peers.restart(index);
      BOOST_TEST_REQUIRE(peers[index].problem().value_or("") == "");
    }
    BOOST_TEST_REQUIRE(peers.converge().value_or("") == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
