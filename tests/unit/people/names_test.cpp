#include "daemon/people/names.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::people {
namespace {

/// As it is kept, or "refused".
std::string tidied(std::string_view wanted) {
  return tidy_name(wanted).value_or(std::string("refused"));
}

bool look_alike(std::string_view a, std::string_view b) {
  const auto of_a = looks_of(a);
  const auto of_b = looks_of(b);
  return std::ranges::any_of(of_a, [&](const std::string& look) {
    return std::ranges::find(of_b, look) != of_b.end();
  });
}

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(a_name_loses_space_that_nobody_meant) {
  BOOST_TEST(tidied("Ann") == "Ann");
  BOOST_TEST(tidied("  Ann   B.\u00a0\u3000C. ") == "Ann B. C.");
  BOOST_TEST(tidied("   ") == "refused");
  BOOST_TEST(tidied("") == "refused");
}

BOOST_AUTO_TEST_CASE(a_name_is_in_any_script) {
  for (const char* name : {"Zoë", "Łukasz", "Ирина", "山田 太郎", "سارة", "अनीता", "😀"}) {
    BOOST_TEST(tidied(name) == name);
  }
}

BOOST_AUTO_TEST_CASE(one_name_has_one_spelling) {
  BOOST_TEST(tidied("Zoe\u0308") == "Zo\u00eb");  // e, and the two dots over it
}

BOOST_AUTO_TEST_CASE(a_name_has_32_characters_at_most) {
  BOOST_TEST(tidied(times(32, "x")) == times(32, "x"));
  BOOST_TEST(tidied(times(33, "x")) == "refused");
  BOOST_TEST(tidied(times(32, "😀")) == times(32, "😀"));
  BOOST_TEST(tidied(times(33, "😀")) == "refused");
  BOOST_TEST(tidied(" " + times(32, "x") + " ") == times(32, "x"));
  BOOST_TEST(tidied(times(100'000, " ")) == "refused");
}

BOOST_AUTO_TEST_CASE(a_name_hides_nothing) {
  for (const std::string_view hidden :
       {"\u0007", "\n", "\u001b[31m", "\u202e", "\u2066", "\u200b", "\u200d", "\u00ad",
        "\ufeff", "\u2028", "\u034f", "\ufe0f", "\u3164", "\u115f", "\u2800", "\ue000",
        "\U000e0041", "\u0378"}) {
    BOOST_TEST(tidied("An" + std::string(hidden) + "n") == "refused");
  }
  BOOST_TEST(tidied(std::string_view("An\0n", 4)) == "refused");
  BOOST_TEST(tidied("An\xff") == "refused");
  BOOST_TEST(tidied("An\xed\xa0\x80") == "refused");  // half of a surrogate pair
}

BOOST_AUTO_TEST_CASE(a_mark_stands_on_a_letter) {
  BOOST_TEST(tidied("\u0301") == "refused");
  BOOST_TEST(tidied("Ann \u0301") == "refused");
  BOOST_TEST(tidied("x\u0301") == "x\u0301");
}

BOOST_AUTO_TEST_CASE(a_workspaces_name_may_be_longer) {
  BOOST_TEST(tidy_workspace_name(times(64, "x")).has_value());
  BOOST_TEST(!tidy_workspace_name(times(65, "x")).has_value());
  BOOST_TEST(!tidy_workspace_name("a\u202eb").has_value());
}

BOOST_AUTO_TEST_CASE(names_that_people_mistake_for_one_another_look_alike) {
  BOOST_TEST(look_alike("Ann", "Ann"));
  BOOST_TEST(look_alike("Ann", "ann"));
  BOOST_TEST(look_alike("paul", "р\u0430ul"));  // two letters are Cyrillic
  BOOST_TEST(look_alike("Ian", "lan"));         // one begins with an L
  BOOST_TEST(look_alike("Zoë", "ZOË"));
  BOOST_TEST(!look_alike("Ann", "Anne"));
  BOOST_TEST(!look_alike("Ann", "Ann 2"));
  BOOST_TEST(!look_alike("Ann", "Ben"));
}

BOOST_AUTO_TEST_CASE(a_taken_name_gets_a_number) {
  std::set<std::string, std::less<>> taken;
  const auto give = [&](std::string_view wanted) {
    std::string name =
        free_name(wanted, [&](std::string_view one) { return taken.contains(one); });
    taken.insert(name);
    return name;
  };
  BOOST_TEST(give("Ann") == "Ann");
  BOOST_TEST(give("Ann") == "Ann 2");
  BOOST_TEST(give("Ann") == "Ann 3");
  BOOST_TEST(give("Ann 2") == "Ann 2 2");
  const std::string longest = times(32, "ä");
  BOOST_TEST(give(longest) == longest);
  BOOST_TEST(give(longest) == times(30, "ä") + " 2");
  BOOST_TEST(tidy_name(give(longest)).has_value());
}

BOOST_AUTO_TEST_CASE(whoever_has_no_name_gets_a_friendly_one) {
  std::set<std::string> given;
  for (int i = 0; i < 100; ++i) given.insert(default_name("u-" + std::to_string(i)));
  BOOST_TEST(given.size() > 10);
  for (const std::string& name : given) BOOST_TEST(tidied(name) == name);
  BOOST_TEST(default_name("u-1") == default_name("u-1"));
}

BOOST_AUTO_TEST_CASE(somebodys_color_stays) {
  BOOST_TEST(color_of("ann") == color_of("ann"));
  BOOST_TEST(color_of("ann") != color_of("ben"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::people
