#include "daemon/store/search_words.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/store/feed.h"

namespace plait::store {

BOOST_AUTO_TEST_SUITE(search_words)

BOOST_AUTO_TEST_CASE(every_word_is_a_phrase_and_the_last_may_go_on) {
  BOOST_TEST(fts_query("one").value() == R"("one"*)");
  BOOST_TEST(fts_query("  one\ttwo ").value() == R"("one" "two"*)");
}

BOOST_AUTO_TEST_CASE(operators_are_words_like_others) {
  BOOST_TEST(fts_query("a OR b").value() == R"("a" "OR" "b"*)");
  BOOST_TEST(fts_query("NEAR(a b) text:c d* ^e").value() ==
             R"#("NEAR(a" "b)" "text:c" "d*" "^e"*)#");
  BOOST_TEST(fts_query(R"(say "hi" now)").value() == R"("say" """hi""" "now"*)");
  BOOST_TEST(fts_query(std::string("a\0b", 3)).value() == R"("a" "b"*)");
}

BOOST_AUTO_TEST_CASE(punctuation_alone_is_no_word) {
  BOOST_TEST(fts_query("a - \"\" b").value() == R"("a" "b"*)");
  for (const char* nothing : {"", " ", "-- !", "\"\"\""}) {
    const auto query = fts_query(nothing);
    BOOST_TEST_REQUIRE(!query.has_value());
    BOOST_TEST((query.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_search_may_be_as_long_as_its_limits_and_no_longer) {
  BOOST_TEST(fts_query(std::string(kMaxSearchBytes, 'a')).has_value());
  BOOST_TEST(!fts_query(std::string(kMaxSearchBytes + 1, 'a')).has_value());
  std::string words;
  for (std::size_t i = 0; i < kMaxSearchWords; ++i) words += "a ";
  BOOST_TEST(fts_query(words).has_value());
  BOOST_TEST(!fts_query(words + "a").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
