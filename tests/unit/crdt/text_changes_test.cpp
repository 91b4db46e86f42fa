#include "daemon/crdt/text_changes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/peers.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"
#include "tests/support/shadow_text.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::Peers;
using support::SeededRandom;
using support::ShadowText;

constexpr std::string_view kSmile = "\xF0\x9F\x98\x80";
constexpr std::string_view kTorn = "\xEF\xBF\xBD";

/// A document, and an editor that hears of edits only.
class Fixture {
 public:
  Document document{{.client = ClientId{99}}};
  const TypeRef text = document.text("content");
  ShadowText editor;

  /// Applies it and returns the edits in short: "3-5:new" for what lies between two offsets.
  std::string gets(const UpdateBuilder& update) { return gets(update.str()); }
  std::string gets(const std::string& update) {
    BOOST_TEST_REQUIRE(document.apply(update).has_value());
    return follow();
  }
  std::string follow() {
    std::string edits;
    for (const TextEdit& edit : document.edits(text)) {
      BOOST_TEST(editor.apply(edit));
      if (!edits.empty()) edits += " ";
      edits += std::to_string(edit.start.offset.utf16.value()) + "-" +
               std::to_string(edit.end.offset.utf16.value()) + ":" + edit.inserted;
    }
    BOOST_TEST(editor.text() == document.to_string(text));
    return edits;
  }
};

UpdateBuilder by(std::uint64_t client, std::uint32_t clock = 0) {
  return UpdateBuilder().by(client, clock);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(text_changes_test, Fixture)

BOOST_AUTO_TEST_CASE(an_insertion_is_one_edit) {
  BOOST_TEST(gets(by(1).text("hello")) == "0-0:hello");
  BOOST_TEST(gets(by(1, 5).more("!")) == "5-5:!");
  BOOST_TEST(gets(by(2).text("X", {.left = id(1, 1), .right = id(1, 2)})) == "2-2:X");
}

BOOST_AUTO_TEST_CASE(a_deletion_is_one_edit) {
  gets(by(1).text("hello"));
  BOOST_TEST(gets(UpdateBuilder().erases(1, 1, 3)) == "1-4:");
}

BOOST_AUTO_TEST_CASE(what_is_replaced_is_one_edit) {
  gets(by(1).text("hello"));
  BOOST_TEST(gets(by(2).text("EY", {.left = id(1, 0), .right = id(1, 1)}).erases(1, 1, 3)) ==
             "1-4:EY");
}

BOOST_AUTO_TEST_CASE(neighbouring_deletions_and_insertions_are_one_edit) {
  gets(by(1).text("abcdef"));
  gets(by(2).text("XY", {.left = id(1, 2), .right = id(1, 3)}));
  BOOST_TEST(gets(by(3)
                      .text("1", {.left = id(1, 2), .right = id(2, 0)})
                      .text("2", {.left = id(2, 1), .right = id(1, 3)})
                      .erases(1, 2, 1)
                      .erases(2, 0, 2)) == "2-5:12");
}

BOOST_AUTO_TEST_CASE(changes_apart_are_edits_in_text_order) {
  gets(by(1).text("abcdef"));
  BOOST_TEST(gets(by(2)
                      .text("Y", {.left = id(1, 4), .right = id(1, 5)})
                      .text("X", {.right = id(1, 0)})
                      .erases(1, 2, 1)) == "0-0:X 3-4: 5-5:Y");
}

BOOST_AUTO_TEST_CASE(what_came_and_went_at_once_is_no_edit) {
  gets(by(1).text("ab"));
  BOOST_TEST(gets(by(2).text("XYZ", {.left = id(1, 0), .right = id(1, 1)}).erases(2, 0, 3)) ==
             "");
  BOOST_TEST(gets(by(3).text("XYZ", {.left = id(1, 0), .right = id(1, 1)}).erases(3, 1, 1)) ==
             "1-1:XZ");
}

BOOST_AUTO_TEST_CASE(what_is_known_is_no_edit) {
  const UpdateBuilder update = by(1).text("hello").erases(1, 1, 1);
  gets(update);
  BOOST_TEST(gets(update) == "");
}

BOOST_AUTO_TEST_CASE(a_change_in_another_type_is_no_edit) {
  BOOST_TEST(gets(by(1).text("hello", {.root = "other"})) == "");
  BOOST_TEST(gets(UpdateBuilder().erases(1, 0, 2)) == "");
}

BOOST_AUTO_TEST_CASE(places_are_given_in_every_unit) {
  gets(by(1).text("one\n\xC3\xA9\xE2\x82\xAC" + std::string(kSmile) + "end"));
  BOOST_TEST_REQUIRE(document.apply(UpdateBuilder().erases(1, 8, 3).str()).has_value());
  const std::vector<TextEdit> edits = document.edits(text);
  BOOST_TEST_REQUIRE(edits.size() == 1U);
  const TextPosition& start = edits[0].start;
  BOOST_TEST(start.offset.utf16.value() == 8U);
  BOOST_TEST(start.offset.utf8.value() == 13U);
  BOOST_TEST(start.offset.code_points.value() == 7U);
  BOOST_TEST(start.line().value() == 1U);
  BOOST_TEST(start.utf16_column.value() == 4U);
  BOOST_TEST(start.utf8_column.value() == 9U);
  BOOST_TEST(start.code_point_column.value() == 3U);
  BOOST_TEST(edits[0].end.offset.utf16.value() == 11U);
}

BOOST_AUTO_TEST_CASE(a_deletion_over_lines_ends_in_the_line_it_ended_in) {
  gets(by(1).text("one\ntwo\nthree"));
  BOOST_TEST_REQUIRE(document.apply(UpdateBuilder().erases(1, 1, 8).str()).has_value());
  const std::vector<TextEdit> edits = document.edits(text);
  BOOST_TEST_REQUIRE(edits.size() == 1U);
  BOOST_TEST(edits[0].start.line().value() == 0U);
  BOOST_TEST(edits[0].start.utf16_column.value() == 1U);
  BOOST_TEST(edits[0].end.line().value() == 2U);
  BOOST_TEST(edits[0].end.utf16_column.value() == 1U);
  BOOST_TEST(editor.apply(edits[0]));
  BOOST_TEST(editor.text() == "ohree");
}

BOOST_AUTO_TEST_CASE(a_torn_pair_is_replaced_by_its_halves) {
  gets(by(1).text("a" + std::string(kSmile) + "z"));
  BOOST_TEST(gets(by(2).text("X", {.left = id(1, 1), .right = id(1, 2)})) ==
             "1-3:" + std::string(kTorn) + "X" + std::string(kTorn));
}

BOOST_AUTO_TEST_CASE(of_a_pair_that_is_deleted_by_half_the_other_is_torn) {
  gets(by(1).text("a" + std::string(kSmile) + "z"));
  BOOST_TEST(gets(UpdateBuilder().erases(1, 2, 1)) == "1-3:" + std::string(kTorn));
  gets(by(1, 4).more(std::string(kSmile)));
  BOOST_TEST(gets(UpdateBuilder().erases(1, 3, 2)) == "2-5:" + std::string(kTorn));
}

BOOST_AUTO_TEST_CASE(a_transaction_of_many_changes_is_followed) {
  gets(by(1).text("one two three\nfour five"));
  const auto changed = document.transact(0, [&](Document::Editor& edit) -> Result<void> {
    for (const std::uint32_t at : {20U, 14U, 9U, 5U, 0U}) {
      if (auto ok = edit.erase(text, Utf16Offset{at}, Utf16Offset{2}); !ok) return ok;
      if (auto ok = edit.insert(text, Utf16Offset{at + 1}, "<\n>"); !ok) return ok;
    }
    return {};
  });
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST(!follow().empty());
}

// Any transaction, also one that tears pairs, leads from the old text to the new.
BOOST_AUTO_TEST_CASE(random_transactions_are_followed) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 300; ++round) {
    const auto changed = document.transact(0, [&](Document::Editor& edit) -> Result<void> {
      for (std::size_t i = 1 + random.below(5); i > 0; --i) {
        const std::uint32_t length = document.length(text).value();
        const auto at = static_cast<std::uint32_t>(random.below(length + 1));
        const auto count = static_cast<std::uint32_t>(random.below(length - at + 1));
        auto done = random.one_in(3)
                        ? edit.erase(text, Utf16Offset{at}, Utf16Offset{count})
                        : edit.insert(text, Utf16Offset{at}, support::some_text(random));
        if (!done) return done;
      }
      return {};
    });
    BOOST_TEST_REQUIRE(changed.has_value());
    follow();
    document.check_invariants();
  }
}

// Several people's changes at once, where a transaction is a whole state.
BOOST_AUTO_TEST_CASE(a_state_that_arrives_at_once_is_followed) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  Peers peers(2);
  for (std::size_t turn = 0; turn < 60; ++turn) {
    for (std::size_t i = random.below(20); i > 0; --i)
      some_edit(random, peers[random.below(2)]);
    Document& from = peers[turn % 2].document;
    Document& to = peers[(turn + 1) % 2].document;
    BOOST_TEST_REQUIRE(to.apply(from.encode_state(), support::Peer::kNetwork).has_value());
    for (std::size_t i = 0; i < 2; ++i)
      BOOST_TEST_REQUIRE(peers[i].problem().value_or("") == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
