#include "daemon/app/terminal.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::app {

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(what_others_wrote_cannot_speak_to_a_terminal) {
  BOOST_TEST(shown("a\x1b[31mb\r\nc\td\x7f") == "a [31mb  c d ");
  BOOST_TEST(shown("a\xc2\x9b"
                   "31mb") == "a 31mb");
  BOOST_TEST(shown("\xc2\x80\xc2\x9f\xc2") == "  \xc2");
  BOOST_TEST(shown(std::string("a\0b", 3)) == "a b");
}

BOOST_AUTO_TEST_CASE(all_other_text_stays) {
  BOOST_TEST(shown("\xc2\xa0\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8c\xb1") ==
             "\xc2\xa0\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8c\xb1");
  BOOST_TEST(shown("").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
