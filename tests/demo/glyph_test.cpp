#include "tests/demo/glyph.h"

#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

namespace plait::demo {
namespace {

char32_t shown(char32_t character) { return glyph_of(character, /*unicode=*/true).shown; }

BOOST_AUTO_TEST_SUITE(glyph)

BOOST_AUTO_TEST_CASE(a_text_cannot_command_the_terminal) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    const char32_t drawn = shown(c);
    BOOST_TEST_REQUIRE((drawn >= 0x20 && drawn != 0x7F && !(drawn >= 0x80 && drawn < 0xA0)));
  }
}

BOOST_AUTO_TEST_CASE(control_characters_become_visible) {
  BOOST_TEST((shown(0x1B) == U'\u241B'));
  BOOST_TEST((shown(0x7F) == U'\u2421'));
  BOOST_TEST((shown(0x9B) == U'\uFFFD'));
}

BOOST_AUTO_TEST_CASE(what_turns_or_hides_text_is_not_passed_on) {
  for (const char32_t c : {U'\u202E', U'\u2066', U'\u200B', U'\u0301', U'\uFEFF'}) {
    BOOST_TEST((shown(c) == U'\uFFFD'));
  }
}

BOOST_AUTO_TEST_CASE(without_unicode_there_is_only_ascii) {
  BOOST_TEST((glyph_of(U'é', /*unicode=*/false).shown == U'?'));
  BOOST_TEST((glyph_of(U'\n', /*unicode=*/false).shown == U'?'));
}

BOOST_AUTO_TEST_CASE(wide_characters_take_two_columns) {
  BOOST_TEST(glyph_of(U'漢', /*unicode=*/true).columns == 2);
  BOOST_TEST(glyph_of(U'é', /*unicode=*/true).columns == 1);
}

BOOST_AUTO_TEST_CASE(characters_are_taken_and_appended_whole) {
  const std::string text = "aé€😀";
  std::string_view rest = text;
  std::string copy;
  while (!rest.empty()) append_utf8(copy, take_character(rest));
  BOOST_TEST(copy == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::demo
