#include "daemon/editor/positions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/document/rope.h"
#include "tests/support/changed_text.h"
#include "tests/support/seeded_random.h"
#include "tests/support/shadow_text.h"

namespace plait::editor {
namespace {

using document::Rope;
using document::TextChange;
using messages::Edit;
using messages::Position;
using support::SeededRandom;

constexpr PositionEncoding kAll[] = {PositionEncoding::Utf8, PositionEncoding::Utf16,
                                     PositionEncoding::Utf32};

/// The first line has letters of one to four bytes, the last has no newline.
const std::string kText = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z\n\nlast";

/// Where it is in UTF-16 units; nothing: refused.
std::optional<std::uint32_t> place(const Position& position, PositionEncoding encoding) {
  const Rope text(kText);
  const auto found = offset_of(text.view(), position, encoding);
  if (found) return found->value();
  BOOST_TEST((found.error().code == ErrorCode::OutOfRange));
  return std::nullopt;
}

Position position_in(std::string_view text, std::size_t byte, PositionEncoding encoding) {
  const crdt::TextPosition at = support::position_at(text, byte);
  const std::int64_t line = at.line().value();
  switch (encoding) {
    case PositionEncoding::Utf8: return {line, at.utf8_column.value()};
    case PositionEncoding::Utf16: return {line, at.utf16_column.value()};
    case PositionEncoding::Utf32: break;
  }
  return {line, at.code_point_column.value()};
}

Edit edit(Position start, Position end, std::string text) {
  return {{start, end}, std::move(text)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(positions)

BOOST_AUTO_TEST_CASE(a_place_is_found_in_every_encoding) {
  BOOST_TEST((place({0, 10}, PositionEncoding::Utf8) == 5U));
  BOOST_TEST((place({0, 5}, PositionEncoding::Utf16) == 5U));
  BOOST_TEST((place({0, 4}, PositionEncoding::Utf32) == 5U));
  for (const PositionEncoding encoding : kAll) {
    BOOST_TEST((place({0, 0}, encoding) == 0U));
    BOOST_TEST((place({1, 0}, encoding) == 7U));
    BOOST_TEST((place({2, 4}, encoding) == 12U));
  }
}

BOOST_AUTO_TEST_CASE(what_is_outside_of_the_text_is_refused) {
  for (const PositionEncoding encoding : kAll) {
    for (const Position& outside :
         {Position{-1, 0}, Position{0, -1}, Position{1, 1}, Position{2, 5}, Position{3, 0},
          Position{std::int64_t{1} << 32, 0}, Position{0, std::int64_t{1} << 32}}) {
      BOOST_TEST((place(outside, encoding) == std::nullopt));
    }
  }
  // The end of the first line, and one more.
  BOOST_TEST((place({0, 11}, PositionEncoding::Utf8) == 6U));
  BOOST_TEST((place({0, 12}, PositionEncoding::Utf8) == std::nullopt));
  BOOST_TEST((place({0, 7}, PositionEncoding::Utf16) == std::nullopt));
  BOOST_TEST((place({0, 6}, PositionEncoding::Utf32) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(what_is_inside_of_a_character_is_refused) {
  for (const std::int64_t byte : {2, 4, 5, 7, 8, 9}) {
    BOOST_TEST((place({0, byte}, PositionEncoding::Utf8) == std::nullopt));
  }
  BOOST_TEST((place({0, 4}, PositionEncoding::Utf16) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_range_that_ends_before_it_starts_is_refused) {
  const Rope text("abc");
  BOOST_TEST(
      !change_of(text.view(), std::vector{edit({0, 2}, {0, 1}, "x")}, PositionEncoding::Utf16)
           .has_value());
}

BOOST_AUTO_TEST_CASE(each_edit_applies_to_what_the_one_before_it_left) {
  const Rope text("one\ntwo\n");
  const auto forwards = change_of(
      text.view(), std::vector{edit({0, 0}, {0, 0}, "zero\n"), edit({1, 0}, {1, 3}, "ONE")},
      PositionEncoding::Utf16);
  BOOST_TEST_REQUIRE(forwards.has_value());
  BOOST_TEST(support::changed("one\ntwo\n", *forwards) == "zero\nONE\ntwo\n");
  const auto backwards = change_of(
      text.view(), std::vector{edit({1, 0}, {1, 3}, "TWO"), edit({0, 3}, {1, 0}, ", ")},
      PositionEncoding::Utf16);
  BOOST_TEST_REQUIRE(backwards.has_value());
  BOOST_TEST(support::changed("one\ntwo\n", *backwards) == "one, TWO\n");
  // The second is at a place that only the first has made.
  BOOST_TEST(change_of(text.view(),
                       std::vector{edit({2, 0}, {2, 0}, "three\n"), edit({3, 0}, {3, 0}, "4")},
                       PositionEncoding::Utf16)
                 .has_value());
  BOOST_TEST(!change_of(text.view(),
                        std::vector{edit({2, 0}, {2, 0}, "three"), edit({3, 0}, {3, 0}, "4")},
                        PositionEncoding::Utf16)
                  .has_value());
}

BOOST_AUTO_TEST_CASE(two_newline_characters_of_an_editor_become_one) {
  BOOST_TEST(with_plain_newlines("a\r\nb\rc\n\r\n\r") == "a\nb\rc\n\n\r");
  const Rope text("");
  const auto change = change_of(text.view(), std::vector{edit({0, 0}, {0, 0}, "a\r\nb")},
                                PositionEncoding::Utf16);
  BOOST_TEST_REQUIRE(change.has_value());
  BOOST_TEST(support::changed("", *change) == "a\nb");
}

BOOST_AUTO_TEST_CASE(random_edits_say_in_every_encoding_what_they_do) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 600; ++round) {
    const PositionEncoding encoding = random.pick(kAll);
    std::string text;
    for (std::size_t i = random.below(5); i > 0; --i) text += support::some_text(random);
    const Rope rope(text);

    // A change as edits for an editor, and what the editor says of the same edits.
    const TextChange change = support::some_change(random, text);
    const std::vector<Edit> said = edits_of(change, rope.view(), encoding);
    const auto heard = change_of(rope.view(), said, encoding);
    BOOST_TEST_REQUIRE(heard.has_value());
    BOOST_TEST_REQUIRE((*heard == change));

    std::string now = text;
    std::vector<Edit> edits;
    for (std::size_t count = random.below(4); count > 0; --count) {
      const std::size_t start = support::some_byte(random, now);
      const std::size_t last = std::max(start, support::some_byte(random, now));
      edits.push_back(edit(position_in(now, start, encoding), position_in(now, last, encoding),
                           support::some_text(random)));
      now.replace(start, last - start, edits.back().text);
    }
    const auto all = change_of(rope.view(), edits, encoding);
    BOOST_TEST_REQUIRE(all.has_value());
    BOOST_TEST_REQUIRE(support::changed(text, *all) == now);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::editor
