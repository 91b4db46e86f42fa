#include "protocol/base/relative_path.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait {
namespace {

bool is_taken(std::string_view path) { return check_relative_path(path).has_value(); }

std::string so_deep(std::size_t depth) {
  std::string path;
  while (--depth > 0) path += "d/";
  return path += 'd';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(relative_path)

BOOST_AUTO_TEST_CASE(names_that_people_give_are_taken) {
  for (const char* path : {"a", "src/main.c", ".profile", "...", "a b", "-rf", "~", "a:b",
                           "caf\xC3\xA9/\xF0\x9F\x98\x80", "\xE6\x97\xA5\xE6\x9C\xAC.txt"}) {
    BOOST_TEST(is_taken(path), path);
  }
}

BOOST_AUTO_TEST_CASE(a_path_stays_inside_of_the_folder) {
  for (const char* path : {"", "/", "/a", "a/", "a//b", ".", "..", "a/./b", "a/../b", "../a",
                           "a/..", "..\\a", "C:\\a"}) {
    BOOST_TEST(!is_taken(path), path);
  }
}

BOOST_AUTO_TEST_CASE(nothing_in_it_is_unseen) {
  for (const char* path : {"a\nb", "a\x1B[2J", "\x7F", "a\xC2\x85",  // control characters
                           "gpj.\xE2\x80\xAE.exe",
                           "x\xE2\x81\xA6",  // turns of direction
                           "a\xE2\x80\x8B", "a\xE2\x80\x8D", "\xEF\xBB\xBF",  // without width
                           "a\xE2\x80\xA8", "a\xF3\xA0\x80\xA0"}) {  // a line's end, a tag
    BOOST_TEST(!is_taken(path), path);
  }
  BOOST_TEST(!is_taken(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_no_path) {
  for (const char* path : {"\xFF", "a\xC0\xAFx", "\xED\xA0\x80", "caf\xE9"}) {
    BOOST_TEST(!is_taken(path));
  }
}

BOOST_AUTO_TEST_CASE(names_of_devices_elsewhere_are_not_taken) {
  for (const char* path : {"nul", "a/AUX", "con.txt", "Com1", "lpt9.log", "prn .c"}) {
    BOOST_TEST(!is_taken(path), path);
  }
  for (const char* path : {"null", "aux_", "com", "com0", "com10", "console", "a.con"}) {
    BOOST_TEST(is_taken(path), path);
  }
}

BOOST_AUTO_TEST_CASE(it_has_a_greatest_length_and_depth) {
  BOOST_TEST(is_taken(std::string(kMaxPathComponentBytes, 'x')));
  BOOST_TEST(!is_taken(std::string(kMaxPathComponentBytes + 1, 'x')));
  BOOST_TEST(is_taken(so_deep(kMaxPathDepth)));
  BOOST_TEST(!is_taken(so_deep(kMaxPathDepth + 1)));
  std::string longest;
  for (int i = 0; i < 15; ++i) longest.append(kMaxPathComponentBytes, 'x').append("/");
  longest += "d/";
  longest.resize(kMaxPathBytes, 'y');
  BOOST_TEST(is_taken(longest));
  BOOST_TEST(!is_taken(longest + 'y'));
}

BOOST_AUTO_TEST_CASE(a_person_is_told_what_is_wrong) {
  BOOST_TEST(check_relative_path("a/../b").error().message == "a path may not go to . or ..");
  BOOST_TEST(check_relative_path("aux.c").error().message ==
             "\"aux.c\" is the name of a device elsewhere");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
