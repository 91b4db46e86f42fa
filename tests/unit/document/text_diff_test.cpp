#include "daemon/document/text_diff.h"

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "protocol/base/utf8.h"
#include "tests/support/changed_text.h"
#include "tests/support/random_edits.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using support::changed;
using support::SeededRandom;

/// How much a difference removes and inserts, in UTF-16 units.
std::size_t size_of(const TextChange& change) {
  std::size_t size = 0;
  for (const TextChange::Part& part : change.parts()) {
    size += part.removed.value() + part.inserted_length.value();
  }
  return size;
}

/// Checks that it is right, and says how large it is.
std::size_t effort(std::string_view from, std::string_view to) {
  const TextChange change = difference(from, to);
  change.check_invariants();
  BOOST_TEST(changed(std::string(from), change) == to);
  return size_of(change);
}

std::string lines(std::size_t first, std::size_t end, std::string_view what = "line ") {
  std::string text;
  for (; first < end; ++first) text += std::string(what) + std::to_string(first) + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_diff)

BOOST_AUTO_TEST_CASE(equal_texts_differ_in_nothing) {
  BOOST_TEST(difference("", "").is_nothing());
  BOOST_TEST(difference("a\nb", "a\nb").is_nothing());
  BOOST_TEST(difference("a\nb\n", "a\nb\n").is_nothing());
}

BOOST_AUTO_TEST_CASE(what_came_or_went_is_all_that_changes) {
  BOOST_TEST(effort("", "all new") == 7U);
  BOOST_TEST(effort("all gone", "") == 8U);
  BOOST_TEST(effort("one\nthree\n", "one\ntwo\nthree\n") == 4U);
  BOOST_TEST(effort("one\ntwo\nthree", "one\nthree") == 4U);
  BOOST_TEST(effort("no end", "no end\n") == 1U);
}

BOOST_AUTO_TEST_CASE(a_changed_word_leaves_the_rest_of_its_line) {
  BOOST_TEST(effort("x\nint count = 0;\ny\n", "x\nint counter = 0;\ny\n") == 2U);
  BOOST_TEST(effort("a b c d", "a B c D") == 4U);
}

BOOST_AUTO_TEST_CASE(changes_far_apart_stay_apart) {
  std::string from = lines(0, 1000);
  std::string to = from;
  to.insert(10, "+");
  to.insert(to.size() - 10, "-");
  BOOST_TEST(effort(from, to) == 2U);
}

BOOST_AUTO_TEST_CASE(a_moved_block_is_cut_and_pasted_as_lines) {
  const std::string block = lines(0, 10, "moved ");
  const std::string rest = lines(0, 100);
  BOOST_TEST(effort(block + rest, rest + block) == 2 * block.size());
}

BOOST_AUTO_TEST_CASE(new_indentation_of_every_line_is_only_that) {
  std::string from;
  std::string to;
  for (int i = 0; i < 3000; ++i) {
    from += "\tcall(" + std::to_string(i) + ");\n";
    to += "    call(" + std::to_string(i) + ");\n";
  }
  BOOST_TEST(effort(from, to) == 3000U * 5);
}

BOOST_AUTO_TEST_CASE(characters_stay_whole) {
  // These share bytes at their ends, or at their starts.
  BOOST_TEST(effort("\xF0\x9F\x98\x80", "\xF0\x9F\x98\x81") == 4U);
  BOOST_TEST(effort("a\xC3\xA9z", "a\xC4\xA9z") == 2U);
  BOOST_TEST(effort("\xC3\xA9", "\xC3\xA9\xC3\xA9") == 1U);
  BOOST_TEST(effort("\xE2\x82\xAC", "\xE2\x82\xAD\xE2\x82\xAC") == 1U);
}

BOOST_AUTO_TEST_CASE(what_a_person_did_is_found_by_characters) {
  // By lines, the empty ones would be what stayed.
  const std::string from = "\none\n\n\ntwo\n";
  const std::string to = "zero\none!\n\n\n\ntwo\n";
  const TextChange typed = difference(from, to, Author::Person);
  BOOST_TEST(changed(from, typed) == to);
  BOOST_TEST(size_of(typed) == 6U);
  // What is too much for that is found by lines.
  const std::string many = lines(0, 20'000);
  const TextChange inserted = difference(many, "first\n" + many + "last\n", Author::Person);
  BOOST_TEST(size_of(inserted) == 11U);
}

BOOST_AUTO_TEST_CASE(too_many_changed_lines_are_replaced_as_one) {
  // 3,000 lines of which nothing stays in order take more steps than there are.
  std::string from;
  std::string to;
  for (int i = 0; i < 3000; ++i) {
    from += std::to_string(i * 7919 % 3001) + "\n";
    to += std::to_string(i * 104'729 % 3001) + "\n\n";
  }
  BOOST_TEST(effort("same\n" + from + "same\n", "same\n" + to + "same\n") <=
             from.size() + to.size());
}

BOOST_AUTO_TEST_CASE(a_long_line_that_is_all_new_is_replaced_as_one) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  std::string from;
  std::string to;
  while (from.size() < kMaxCharacterSteps) {
    from += static_cast<char>('a' + random.below(26));
    to += static_cast<char>('a' + random.below(26));
  }
  BOOST_TEST(difference(from, to).parts().size() == 1U);
  // As far as the budget goes, what stays is found.
  from.resize(80);
  to.resize(80);
  BOOST_TEST(difference(from, to).parts().size() > 1U);
}

BOOST_AUTO_TEST_CASE(random_texts_become_one_another) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 2000; ++round) {
    std::string from;
    for (std::size_t i = random.below(20); i > 0; --i) from += support::some_text(random);
    std::string to = from;
    for (std::size_t i = random.below(4); i > 0; --i) {
      to = changed(to, support::some_change(random, to));
    }
    const TextChange change = difference(from, to);
    change.check_invariants();
    BOOST_TEST_REQUIRE(changed(from, change) == to);
    BOOST_TEST_REQUIRE(difference(to, to).is_nothing());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
