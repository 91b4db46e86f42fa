#include "tests/demo/page.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/demo/glyph.h"

namespace plait::demo {
namespace {

std::vector<Letter> letters(std::string_view text) {
  std::vector<Letter> letters;
  while (!text.empty()) letters.push_back({.character = take_character(text)});
  return letters;
}

/// The lines, with bars between them.
std::string wrapped(std::string_view text, std::uint32_t columns) {
  const std::vector<Letter> all = letters(text);
  std::string out;
  for (const Lines::Line line : wrap(all, columns, /*unicode=*/true).lines) {
    for (std::size_t i = line.begin; i < line.end; ++i) append_utf8(out, all[i].character);
    out += '|';
  }
  return out;
}

BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(lines_break_between_words) {
  BOOST_TEST(wrapped("one two three", 8) == "one two |three|");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_too_long_breaks_where_it_must) {
  BOOST_TEST(wrapped("abcdefgh", 4) == "abc|def|gh|");
}

BOOST_AUTO_TEST_CASE(newlines_end_lines) {
  BOOST_TEST(wrapped("a\n\nb\n", 8) == "a||b||");
  BOOST_TEST(wrapped("", 8) == "|");
}

BOOST_AUTO_TEST_CASE(wide_characters_count_twice) {
  BOOST_TEST(wrapped("漢漢漢", 5) == "漢漢|漢|");
}

BOOST_AUTO_TEST_CASE(a_letter_belongs_to_one_line) {
  const Lines lines = wrap(letters("ab\ncd"), 8, /*unicode=*/true);
  BOOST_TEST(lines.line_of(0) == 0U);
  BOOST_TEST(lines.line_of(2) == 0U);  // the newline itself
  BOOST_TEST(lines.line_of(3) == 1U);
  BOOST_TEST(lines.line_of(5) == 1U);  // behind the last
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::demo
