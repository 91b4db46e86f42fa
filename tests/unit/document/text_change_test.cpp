#include "daemon/document/text_change.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "protocol/base/utf8.h"
#include "tests/support/changed_text.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using support::changed;
using support::SeededRandom;
using support::some_change;

constexpr std::string_view kFace = "\xF0\x9F\x98\x80";

TextChange put(std::uint32_t at, std::string text) {
  return TextChange::replacement(Utf16Offset{at}, {}, std::move(text));
}
TextChange cut(std::uint32_t at, std::uint32_t length) {
  return TextChange::replacement(Utf16Offset{at}, Utf16Offset{length}, {});
}
TextChange swap(std::uint32_t at, std::uint32_t length, std::string text) {
  return TextChange::replacement(Utf16Offset{at}, Utf16Offset{length}, std::move(text));
}

std::string some_start(SeededRandom& random) {
  std::string text;
  for (std::size_t i = random.below(6); i > 0; --i) text += support::some_text(random);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_change)

BOOST_AUTO_TEST_CASE(a_replacement_of_nothing_by_nothing_is_none) {
  BOOST_TEST(put(3, "").is_nothing());
  BOOST_TEST(!cut(3, 1).is_nothing());
}

BOOST_AUTO_TEST_CASE(places_that_touch_are_one_part) {
  TextChange change;
  change.keep(Utf16Offset{2});
  change.replace(Utf16Offset{1}, "x");
  change.replace({}, kFace);
  change.keep({});
  change.replace(Utf16Offset{2}, "");
  BOOST_TEST_REQUIRE(change.parts().size() == 1U);
  BOOST_TEST(change.parts()[0].removed.value() == 3U);
  BOOST_TEST(change.parts()[0].inserted_length.value() == 3U);
  BOOST_TEST(changed("abcdefg", change) == "abx" + std::string(kFace) + "fg");
}

BOOST_AUTO_TEST_CASE(one_change_after_another_is_one) {
  BOOST_TEST(changed("hello", put(5, " world").then(cut(3, 4))) == "helorld");
  BOOST_TEST((put(2, "abc").then(cut(2, 3)).is_nothing()));
  BOOST_TEST((cut(0, 5).then(put(0, "new")) == swap(0, 5, "new")));
  // Cut out of the middle of what was put in, beside a character that needs two units.
  BOOST_TEST(changed("..", put(1, "a" + std::string(kFace) + "b").then(cut(2, 2))) == ".ab.");
}

BOOST_AUTO_TEST_CASE(of_two_insertions_at_one_place_a_side_says_which_is_first) {
  const TextChange mine = put(1, "mine");
  const TextChange theirs = put(1, "theirs");
  BOOST_TEST(changed("()", theirs.then(mine.after(theirs, Side::Before))) == "(minetheirs)");
  BOOST_TEST(changed("()", theirs.then(mine.after(theirs, Side::Behind))) == "(theirsmine)");
}

BOOST_AUTO_TEST_CASE(what_somebody_typed_survives_in_what_another_removed) {
  const TextChange removes = cut(0, 10);
  const TextChange types = put(5, "new");
  BOOST_TEST(changed("0123456789", removes.then(types.after(removes, Side::Before))) == "new");
  BOOST_TEST(changed("0123456789", types.then(removes.after(types, Side::Behind))) == "new");
}

BOOST_AUTO_TEST_CASE(what_both_removed_is_removed_once) {
  BOOST_TEST((cut(2, 4).after(cut(3, 1), Side::Before) == cut(2, 3)));
  BOOST_TEST(cut(3, 1).after(cut(2, 4), Side::Before).is_nothing());
}

BOOST_AUTO_TEST_CASE(places_move_with_the_text) {
  const TextChange change = swap(2, 3, "xyzw");
  const auto moved = [&](std::uint32_t at, Side side) {
    return change.map(Utf16Offset{at}, side).value();
  };
  BOOST_TEST(moved(1, Side::Behind) == 1U);
  BOOST_TEST(moved(2, Side::Before) == 2U);
  BOOST_TEST(moved(2, Side::Behind) == 6U);
  BOOST_TEST(moved(3, Side::Before) == 2U);
  BOOST_TEST(moved(5, Side::Before) == 6U);
  BOOST_TEST(moved(9, Side::Before) == 10U);
  const auto was = [&](std::uint32_t at) { return change.map_back(Utf16Offset{at}).value(); };
  BOOST_TEST(was(2) == 2U);
  BOOST_TEST(was(4) == 2U);
  BOOST_TEST(was(6) == 5U);
  BOOST_TEST(was(10) == 9U);
}

// Random changes of random texts --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_composition_does_what_its_parts_do_however_they_are_joined) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = some_start(random);
    const TextChange a = some_change(random, text);
    const std::string after_a = changed(text, a);
    const TextChange b = some_change(random, after_a);
    const std::string after_b = changed(after_a, b);
    const TextChange c = some_change(random, after_b);

    const TextChange ab = a.then(b);
    ab.check_invariants();
    BOOST_TEST_REQUIRE(changed(text, ab) == after_b);
    BOOST_TEST_REQUIRE((ab.then(c) == a.then(b.then(c))));
    const std::array all = {a, b, c};
    BOOST_TEST_REQUIRE(
        (TextChange::composed(0, 3, [&](std::size_t i) { return all[i]; }) == ab.then(c)));
  }
}

BOOST_AUTO_TEST_CASE(two_changes_made_at_the_same_time_end_in_one_text_in_either_order) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = some_start(random);
    const TextChange a = some_change(random, text);
    const TextChange b = some_change(random, text);
    const TextChange late_a = a.after(b, Side::Before);
    const TextChange late_b = b.after(a, Side::Behind);
    late_a.check_invariants();
    BOOST_TEST_REQUIRE(changed(changed(text, b), late_a) == changed(changed(text, a), late_b));
    BOOST_TEST_REQUIRE((b.then(late_a) == a.then(late_b)));
  }
}

BOOST_AUTO_TEST_CASE(moving_over_two_changes_is_moving_over_both_as_one) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = some_start(random);
    const TextChange mine = some_change(random, text);
    const TextChange first = some_change(random, text);
    const TextChange second = some_change(random, changed(text, first));
    const std::string one = changed(changed(text, first.then(second)),
                                    mine.after(first.then(second), Side::Before));
    const std::string by_steps =
        changed(changed(changed(text, first), second),
                mine.after(first, Side::Before).after(second, Side::Before));
    // Where something is inserted into what went, the order may be another; nothing is lost.
    BOOST_TEST_REQUIRE(one.size() == by_steps.size());
  }
}

BOOST_AUTO_TEST_CASE(places_stay_in_order_and_come_back) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 1000; ++round) {
    const std::string text = some_start(random);
    const TextChange change = some_change(random, text);
    const std::uint32_t end = measure(text).utf16.value();
    const std::uint32_t new_end = measure(changed(text, change)).utf16.value();
    Utf16Offset last;
    for (std::uint32_t at = 0; at <= end; ++at) {
      const Utf16Offset before = change.map(Utf16Offset{at}, Side::Before);
      const Utf16Offset behind = change.map(Utf16Offset{at}, Side::Behind);
      BOOST_TEST_REQUIRE(before.value() <= behind.value());
      BOOST_TEST_REQUIRE(last.value() <= before.value());
      BOOST_TEST_REQUIRE(behind.value() <= new_end);
      last = before;
    }
    for (std::uint32_t at = 0; at <= new_end; ++at) {
      BOOST_TEST_REQUIRE(change.map_back(Utf16Offset{at}).value() <= end);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_edits_of_a_document_are_one_change) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  support::Peers peers(2);
  support::Peer& ann = peers[0];
  support::Peer& ben = peers[1];
  for (int round = 0; round < 300; ++round) {
    for (std::size_t edits = random.below(5); edits > 0; --edits) {
      support::some_edit(random, ann);
    }
    const std::string before = ben.str();
    BOOST_TEST_REQUIRE(
        ben.document.apply(ann.document.encode_state(ben.document.state_vector())).has_value());
    const TextChange change = TextChange::of(ben.document.edits(ben.text));
    change.check_invariants();
    BOOST_TEST_REQUIRE(changed(before, change) == ben.str());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
