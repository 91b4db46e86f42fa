#include "tests/sim/text_ledger.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::sim {
namespace {

constexpr std::size_t kAnn = 0;
constexpr std::size_t kBen = 1;

/// Ann has typed a, b and c.
TextLedger abc() {
  TextLedger ledger;
  for (const char32_t character : {U'a', U'b', U'c'}) ledger.typed(kAnn, character);
  return ledger;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text_ledger)

BOOST_AUTO_TEST_CASE(everything_that_was_typed_has_to_be_there) {
  BOOST_TEST(!abc().problem("bca").has_value());
  BOOST_TEST(*abc().problem("ac") == "U+0062, typed by 0, is gone, and nobody erased it");
}

BOOST_AUTO_TEST_CASE(nothing_is_there_that_nobody_typed_or_twice) {
  BOOST_TEST(*abc().problem("abcx") == "nobody typed U+0078");
  BOOST_TEST(*abc().problem("abca") == "U+0061 is there twice");
  BOOST_TEST(!abc().foreign_in("ca").has_value());
}

BOOST_AUTO_TEST_CASE(what_was_erased_is_gone) {
  TextLedger ledger = abc();
  ledger.erased(kBen, U'b');
  BOOST_TEST(!ledger.problem("ac").has_value());
  BOOST_TEST(*ledger.problem("abc") == "U+0062 was erased, and is there");
}

BOOST_AUTO_TEST_CASE(what_is_forbidden_is_never_there) {
  TextLedger ledger = abc();
  ledger.forbidden(U'x');
  BOOST_TEST(!ledger.problem("abc").has_value());
  BOOST_TEST(*ledger.problem("xabc") == "U+0078 was brought in by somebody who may not");
}

BOOST_AUTO_TEST_CASE(a_replica_that_is_gone_leaves_open_what_it_did) {
  TextLedger ledger = abc();
  ledger.typed(kBen, U'd');
  ledger.erased(kAnn, U'd');
  ledger.lost(kAnn);
  for (const std::string text : {"", "d", "abcd", "abc"}) {
    BOOST_TEST(!ledger.problem(text).has_value());
  }
  ledger.erased(kBen, U'a');
  BOOST_TEST(ledger.problem("a").has_value());
}

BOOST_AUTO_TEST_CASE(characters_of_all_lengths_are_told_apart) {
  const std::u32string all = U"a\u00E9\u20AC\U0001F600";
  std::string text;
  for (const char32_t character : all) append_character(text, character);
  BOOST_TEST(text == "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  BOOST_TEST((characters(text) == std::vector<char32_t>(all.begin(), all.end())));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::sim
