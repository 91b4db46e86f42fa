#include "daemon/crdt/relative_position.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/person.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

RelativePosition mark(const Person& person, std::uint32_t at, std::int32_t assoc = 0) {
  return RelativePosition::at(person.document, person.text, Utf16Offset{at}, assoc);
}

/// Where a position is in the text "t", or -1.
int found(const Person& person, const RelativePosition& position, bool follow_redone = true) {
  const auto place = position.resolve(person.document, follow_redone);
  if (!place) return -1;
  BOOST_TEST((place->type == person.text));
  return static_cast<int>(place->index.value());
}

/// A nested text in the array "a", and its handle.
TypeRef make_nested(Person& person) {
  TypeRef nested{};
  person.change([&](Document::Editor& edit) -> Result<void> {
    auto made = edit.insert_type(person.document.array("a"), 0, TypeKind::Text);
    if (!made) return forward_error(made);
    nested = *made;
    return {};
  });
  return nested;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(relative_position)

// Places --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_place_moves_with_the_text_around_it) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "hello world");
  const RelativePosition place = mark(ann, 6);
  ben.pull(ann).type(0, "oh, ").erase(4, 6);
  ann.pull(ben);
  BOOST_TEST(ann.reads() == "oh, world");
  BOOST_TEST(found(ann, place) == 4);
  BOOST_TEST(found(ben, place) == 4);
}

BOOST_AUTO_TEST_CASE(places_to_the_left_and_to_the_right_part_where_somebody_types) {
  Person ann(1);
  ann.type(0, "ab");
  const RelativePosition right = mark(ann, 1);
  const RelativePosition left = mark(ann, 1, -1);
  ann.type(1, "---");
  BOOST_TEST(found(ann, right) == 4);
  BOOST_TEST(found(ann, left) == 1);
}

BOOST_AUTO_TEST_CASE(a_place_survives_the_deletion_of_its_unit) {
  Person ann(1);
  ann.type(0, "abcdef");
  std::vector<std::pair<RelativePosition, RelativePosition>> marks;
  for (std::uint32_t at = 0; at <= 6; ++at)
    marks.emplace_back(mark(ann, at), mark(ann, at, -1));
  ann.erase(2, 3);
  constexpr std::array<int, 7> kExpected = {0, 1, 2, 2, 2, 2, 3};
  for (std::size_t at = 0; at < marks.size(); ++at) {
    BOOST_TEST(found(ann, marks[at].first) == kExpected[at]);
    BOOST_TEST(found(ann, marks[at].second) == kExpected[at]);
  }
}

BOOST_AUTO_TEST_CASE(the_ends_stay_ends) {
  Person ann(1);
  const RelativePosition end_of_nothing = mark(ann, 0);
  ann.type(0, "x");
  const RelativePosition end = mark(ann, 1);
  const RelativePosition start = mark(ann, 0, -1);
  ann.type(0, "before ").type(8, " after");
  BOOST_TEST(found(ann, end) == 14);
  BOOST_TEST(found(ann, end_of_nothing) == 14);
  BOOST_TEST(found(ann, start) == 0);
}

BOOST_AUTO_TEST_CASE(past_the_end_is_the_end) {
  Person ann(1);
  ann.type(0, "abc").erase(2, 1);
  BOOST_TEST((mark(ann, 99) == mark(ann, 2)));
  // To the left there is always a unit to hold on to, if need be a deleted one.
  BOOST_TEST((mark(ann, 99, -1).item == std::optional(Id{ClientId{1}, Clock(2)})));
  BOOST_TEST(found(ann, mark(ann, 99, -1)) == 2);
}

BOOST_AUTO_TEST_CASE(what_has_not_arrived_cannot_be_found) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "news");
  const RelativePosition place = mark(ann, 2);
  BOOST_TEST(found(ben, place) == -1);
  ben.pull(ann);
  BOOST_TEST(found(ben, place) == 2);
  RelativePosition nowhere;
  nowhere.root = "never used";
  BOOST_TEST(found(ben, nowhere) == -1);
  nowhere.root.reset();
  nowhere.type = Id{ClientId{9}, Clock(0)};
  BOOST_TEST(found(ben, nowhere) == -1);
  BOOST_TEST(found(ben, RelativePosition{}) == -1);
}

BOOST_AUTO_TEST_CASE(a_place_follows_text_that_an_undo_brought_back) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "abcdef").pause();
  const RelativePosition right = mark(ann, 3);
  const RelativePosition left = mark(ann, 3, -1);
  ann.erase(1, 4);
  BOOST_TEST(found(ann, right) == 1);
  ann.back();
  BOOST_TEST(found(ann, right) == 3);
  BOOST_TEST(found(ann, left) == 3);
  ann.again().back().type(0, "__");
  BOOST_TEST(found(ann, right) == 5);
  BOOST_TEST(found(ann, left) == 5);
  // Nobody else can know which text is a copy of which.
  ben.pull(ann);
  BOOST_TEST(found(ben, right) == found(ann, right, /*follow_redone=*/false));
}

BOOST_AUTO_TEST_CASE(a_place_follows_text_that_came_back_in_pieces) {
  Person ann(1);
  Person ben(2);
  ann.type(0, "abcdefgh");
  ben.pull(ann).type(3, "-");
  ann.pause();
  const RelativePosition place = mark(ann, 5);
  ann.erase(0, 8).pull(ben).back();
  BOOST_TEST(ann.reads() == "abc-defgh");
  BOOST_TEST(found(ann, place) == 6);
}

BOOST_AUTO_TEST_CASE(places_in_a_nested_text_go_with_it) {
  Person ann(1, {.everything = true});
  Person ben(2, {.everything = true});
  const TypeRef nested = make_nested(ann);
  ann.type_in(nested, 0, "xyz").pause();
  const auto at = [&](std::uint32_t index, std::int32_t assoc) {
    return RelativePosition::at(ann.document, nested, Utf16Offset{index}, assoc);
  };
  const RelativePosition inside = at(2, 0);
  const RelativePosition end = at(3, 0);
  BOOST_TEST(inside.resolve(ann.document)->index.value() == 2U);
  BOOST_TEST((end.resolve(ann.document)->type == nested));
  BOOST_TEST(end.resolve(ann.document)->index.value() == 3U);

  ann.erase_in(ann.document.array("a"), 0, 1);
  BOOST_TEST(inside.resolve(ann.document)->index.value() == 0U);
  ben.pull(ann);  // who collects the text together with its parent
  BOOST_TEST(!inside.resolve(ben.document).has_value());
  BOOST_TEST(!end.resolve(ben.document).has_value());

  ann.back();
  const auto again = inside.resolve(ann.document);
  BOOST_TEST_REQUIRE(again.has_value());
  BOOST_TEST((again->type != nested));
  BOOST_TEST(again->index.value() == 2U);
  BOOST_TEST(end.resolve(ann.document)->index.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_place_in_a_map_is_before_its_value_or_behind_it) {
  Person ann(1);
  const TypeRef map = ann.document.map("m");
  ann.change([&](Document::Editor& edit) { return edit.set(map, "k", "\x78"); });
  RelativePosition place;
  place.item = Id{ClientId{1}, Clock(0)};
  BOOST_TEST(place.resolve(ann.document)->index.value() == 0U);
  place.assoc = -1;
  BOOST_TEST(place.resolve(ann.document)->index.value() == 1U);
  BOOST_TEST((place.resolve(ann.document)->type == map));
}

BOOST_AUTO_TEST_CASE(every_place_of_a_long_text_is_found_again) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  Person ann(1);
  for (int i = 0; i < 300; ++i) {
    const std::uint32_t length = ann.document.length(ann.text).value();
    const auto at = static_cast<std::uint32_t>(random.below(length + 1U));
    ann.type(at, std::string(1 + random.below(random.one_in(20) ? 5000 : 20), 'x'));
    if (random.one_in(3)) ann.erase(at, 1);
  }
  const std::uint32_t length = ann.document.length(ann.text).value();
  for (int i = 0; i < 1000; ++i) {
    const auto at = static_cast<std::uint32_t>(random.below(length + 1U));
    const RelativePosition place = mark(ann, at, random.one_in(2) ? 0 : -1);
    BOOST_TEST(found(ann, place) == static_cast<int>(at));
  }
}

// Bytes ---------------------------------------------------------------------------------------

// const d = new Y.Doc(); d.clientID = 300; const t = d.getText('content'); t.insert(0, 'hello')
// const n = new Y.Text('xyz'); d.getMap('m').set('k', n)
// for (const [type, i, assoc] of [[t, 2, 0], [t, 2, -1], [t, 5, 0], [t, 5, -1], [t, 0, -1],
//     [n, 3, 0], [n, 0, -1], [t, 1, 100], [t, 1, -64], [t, 1, -65], [t, 1, 12345678]])
//   hex(Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(type, i, assoc)))
BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_yjs) {
  Person ann(300);
  const TypeRef content = ann.document.text("content");
  ann.type_in(content, 0, "hello");
  TypeRef nested{};
  ann.change([&](Document::Editor& edit) -> Result<void> {
    auto made = edit.set_type(ann.document.map("m"), "k", TypeKind::Text);
    if (!made) return forward_error(made);
    nested = *made;
    return edit.insert(nested, Utf16Offset{0}, "xyz");
  });
  struct Case {
    TypeRef type;
    std::uint32_t index;
    std::int32_t assoc;
    std::string_view bytes;
  };
  const std::array<Case, 11> cases = {{{content, 2, 0, "00ac020200"},
                                       {content, 2, -1, "00ac020141"},
                                       {content, 5, 0, "0107636f6e74656e7400"},
                                       {content, 5, -1, "00ac020441"},
                                       {content, 0, -1, "0107636f6e74656e7441"},
                                       {nested, 3, 0, "02ac020500"},
                                       {nested, 0, -1, "02ac020541"},
                                       {content, 1, 100, "00ac0201a401"},
                                       {content, 1, -64, "00ac0200c001"},
                                       {content, 1, -65, "00ac0200c101"},
                                       {content, 1, 12345678, "00ac02018e85e30b"}}};
  for (const Case& c : cases) {
    const RelativePosition place =
        RelativePosition::at(ann.document, c.type, Utf16Offset{c.index}, c.assoc);
    BOOST_TEST(hex_of(place.encode()) == c.bytes);
    const auto decoded = RelativePosition::decode(bytes_of_hex(c.bytes));
    BOOST_TEST_REQUIRE(decoded.has_value());
    BOOST_TEST(decoded->assoc == c.assoc);
    BOOST_TEST(hex_of(decoded->encode()) == c.bytes);
    const auto place_now = decoded->resolve(ann.document);
    BOOST_TEST_REQUIRE(place_now.has_value());
    BOOST_TEST(place_now->index.value() == c.index);
    BOOST_TEST((place_now->type == c.type));
  }
}

BOOST_AUTO_TEST_CASE(the_association_may_be_absent) {
  const auto decoded = RelativePosition::decode(bytes_of_hex("00ac0202"));
  BOOST_TEST_REQUIRE(decoded.has_value());
  BOOST_TEST(decoded->assoc == 0);
  BOOST_TEST((decoded->item == std::optional(Id{ClientId{300}, Clock(2)})));
}

BOOST_AUTO_TEST_CASE(other_bytes_are_refused) {
  constexpr std::array<std::string_view, 14> kMalformed = {
      "",                        // nothing
      "03000000",                // no such form
      "00ac",                    // a client that is cut short
      "00ac02",                  // no clock
      "00ac028080808008",        // a clock of 2^31
      "00ac02020000",            // something behind it
      "00ac02820000",            // a clock that is longer than it has to be
      "00ac020240",              // a negative zero
      "00ac0202bf00",            // an association that is longer than it has to be
      "00ac0202bf",              // an association that is cut short
      "00ac0202bfffffffffff0f",  // a huge association
      "0107636f6e74656e",        // a name that is cut short
      "0102c32800",              // a name that is not UTF-8
      "02ac",                    // a type that is cut short
  };
  for (const std::string_view digits : kMalformed) {
    BOOST_TEST_INFO_SCOPE(digits);
    BOOST_TEST(!RelativePosition::decode(bytes_of_hex(digits)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_long_name_is_refused) {
  RelativePosition place;
  place.root = std::string(RelativePosition::kMaxRootBytes, 'n');
  BOOST_TEST((RelativePosition::decode(place.encode()).value() == place));
  place.root->push_back('n');
  const auto refused = RelativePosition::decode(place.encode());
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
