// Where items go among concurrent ones. Replica's half in integrate.cpp; seen through
// documents, because only several of them have anything to agree on.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;

/// What a document reads after updates in some order.
std::string read_after(const std::vector<std::string>& updates,
                       const std::vector<std::size_t>& order) {
  Document document({.client = ClientId{99}});
  const TypeRef text = document.text("content");
  for (const std::size_t i : order) {
    BOOST_TEST_REQUIRE(document.apply(updates[i]).has_value());
  }
  BOOST_TEST(!document.has_pending());
  document.check_invariants();
  return document.to_string(text);
}

/// The same after any order, which has to be one and the same.
std::string read_in_every_order(const std::vector<UpdateBuilder>& builders) {
  std::vector<std::string> updates;
  updates.reserve(builders.size());
  for (const UpdateBuilder& builder : builders) updates.push_back(builder.str());
  std::vector<std::size_t> order(updates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::string text = read_after(updates, order);
  while (std::next_permutation(order.begin(), order.end())) {
    BOOST_TEST(read_after(updates, order) == text);
  }
  return text;
}

UpdateBuilder by(std::uint64_t client, std::uint32_t clock = 0) {
  return UpdateBuilder().by(client, clock);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(integrate)

BOOST_AUTO_TEST_CASE(at_one_place_the_lower_client_comes_first) {
  BOOST_TEST(read_in_every_order({by(2).text("B"), by(1).text("A")}) == "AB");
  BOOST_TEST(read_in_every_order({by(3).text("C"), by(1).text("A"), by(2).text("B")}) == "ABC");
}

BOOST_AUTO_TEST_CASE(concurrent_words_do_not_mix) {
  BOOST_TEST(read_in_every_order({by(1).text("on").more("e "), by(2).text("tw").more("o ")}) ==
             "one two ");
}

BOOST_AUTO_TEST_CASE(concurrent_words_do_not_mix_inside_of_a_text) {
  BOOST_TEST(read_in_every_order({
                 by(1).text("()"),
                 by(3).text("cc", {.left = id(1, 0), .right = id(1, 1)}),
                 by(2).text("bb", {.left = id(1, 0), .right = id(1, 1)}),
                 by(4).text("dd", {.left = id(1, 0), .right = id(1, 1)}),
             }) == "(bbccdd)");
}

BOOST_AUTO_TEST_CASE(what_was_typed_backwards_does_not_mix) {
  // Each letter in front of the one before it, as with right-to-left insertion.
  BOOST_TEST(read_in_every_order({
                 by(1).text("3").text("2", {.right = id(1, 0)}).text("1", {.right = id(1, 1)}),
                 by(2).text("c").text("b", {.right = id(2, 0)}).text("a", {.right = id(2, 1)}),
             }) == "123abc");
}

BOOST_AUTO_TEST_CASE(what_hangs_on_a_concurrent_item_stays_with_it) {
  BOOST_TEST(read_in_every_order({
                 by(1).text("A"),
                 by(2).text("B"),
                 by(3).text("3", {.left = id(1, 0), .right = id(2, 0)}),
                 by(1, 1).more("4"),
             }) == "A43B");
}

BOOST_AUTO_TEST_CASE(an_item_between_two_that_others_put_something_between_goes_by_client) {
  BOOST_TEST(read_in_every_order({
                 by(5).text("[]"),
                 by(1).text("a", {.left = id(5, 0), .right = id(5, 1)}),
                 by(2).text("b", {.left = id(5, 0), .right = id(5, 1)}),
                 by(3).text("c", {.left = id(5, 0), .right = id(1, 0)}),
             }) == "[cab]");
}

BOOST_AUTO_TEST_CASE(an_insertion_next_to_what_somebody_deletes_stays) {
  BOOST_TEST(read_in_every_order({
                 by(1).text("abcd"),
                 by(2).text("X", {.left = id(1, 1), .right = id(1, 2)}),
                 UpdateBuilder().erases(1, 0, 4),
             }) == "X");
}

BOOST_AUTO_TEST_CASE(a_map_keeps_one_of_two_concurrent_values) {
  const std::vector<std::string> updates = {
      by(1).add(ContentKind::Any, 1, "\x78", {.root = "map", .key = "k"}).str(),
      by(2).add(ContentKind::Any, 1, "\x79", {.root = "map", .key = "k"}).str(),
      by(3).add(ContentKind::Any, 1, "\x7E", {.root = "map", .key = "k"}).str(),
  };
  std::vector<std::size_t> order = {0, 1, 2};
  do {
    Document document({.client = ClientId{99}});
    for (const std::size_t i : order) {
      BOOST_TEST_REQUIRE(document.apply(updates[i]).has_value());
    }
    document.check_invariants();
    Replica& replica = document.replica();
    const SharedType& map = replica.types[document.map("map")];
    const ItemRef newest = replica.newest(map, replica.intern("k"));
    BOOST_TEST((replica.id_of(newest) == id(3, 0)));
    BOOST_TEST(!replica.items[newest].deleted);
    BOOST_TEST(document.snapshot().deletes.contains(id(1, 0)));
    BOOST_TEST(document.snapshot().deletes.contains(id(2, 0)));
  } while (std::next_permutation(order.begin(), order.end()));
}

// Subtrees of siblings are passed over at once, which must not change the outcome.
BOOST_AUTO_TEST_CASE(many_at_one_place_agree_in_any_order) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  constexpr std::uint64_t kClients = 4;
  constexpr std::uint32_t kEach = 150;
  // Each client types a good deal backwards and forwards at the very same place.
  std::vector<std::string> updates;
  updates.push_back(by(9).text("()").str());
  for (std::uint64_t client = 1; client <= kClients; ++client) {
    Document author({.client = ClientId{client}});
    const TypeRef text = author.text("content");
    BOOST_TEST_REQUIRE(author.apply(updates.front()).has_value());
    for (std::uint32_t i = 0; i < kEach; ++i) {
      const std::string letter(1, static_cast<char>('a' + client * 3 + i % 3));
      const std::uint32_t at =
          random.one_in(5)
              ? 1 + static_cast<std::uint32_t>(random.below(author.length(text).value() - 1))
              : 1;
      BOOST_TEST_REQUIRE(author.insert(text, Utf16Offset{at}, letter).has_value());
      ByteWriter change;
      BOOST_TEST_REQUIRE(author.encode_change(change));
      updates.push_back(change.str());
    }
  }
  std::vector<std::size_t> order(updates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::string text = read_after(updates, order);
  BOOST_TEST(text.size() == 2 + kClients * kEach);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[random.below(i)]);
    BOOST_TEST(read_after(updates, order) == text);
  }
}

BOOST_AUTO_TEST_CASE(long_content_is_kept_in_pieces_and_sent_as_one) {
  const std::string lines = [] {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "line \xF0\x9F\x98\x80\n";
    return text;
  }();
  const std::string update = by(1).text(lines).str();
  Document document({.client = ClientId{99}});
  const TypeRef text = document.text("content");
  BOOST_TEST_REQUIRE(document.apply(update).has_value());
  document.check_invariants();
  BOOST_TEST(document.replica().items.in_use() > 1U);
  BOOST_TEST(document.to_string(text) == lines);
  BOOST_TEST(document.encode_state() == update);
}

BOOST_AUTO_TEST_CASE(many_values_are_kept_in_pieces_and_sent_as_one) {
  const std::string values(5000, '\x78');
  const std::string update = by(1).add(ContentKind::Any, 5000, values, {.root = "list"}).str();
  Document document({.client = ClientId{99}});
  const TypeRef list = document.array("list");
  BOOST_TEST_REQUIRE(document.apply(update).has_value());
  document.check_invariants();
  BOOST_TEST(document.length(list).value() == 5000U);
  BOOST_TEST(document.encode_state() == update);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
