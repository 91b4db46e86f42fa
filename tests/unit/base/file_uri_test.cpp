#include "protocol/base/file_uri.h"

#include <boost/test/unit_test.hpp>

namespace plait {

BOOST_AUTO_TEST_SUITE(file_uri_of_paths)

BOOST_AUTO_TEST_CASE(what_is_no_plain_character_is_escaped) {
  BOOST_TEST(file_uri("/home/ann/a-b_c.txt") == "file:///home/ann/a-b_c.txt");
  BOOST_TEST(file_uri("/a b/50%#?.c++") == "file:///a%20b/50%25%23%3F.c%2B%2B");
  BOOST_TEST(file_uri("/\xc3\xa4") == "file:///%C3%A4");
}

BOOST_AUTO_TEST_CASE(every_path_comes_back) {
  for (int byte = 1; byte < 256; ++byte) {
    const std::string path = std::string("/x") + static_cast<char>(byte) + "y";
    BOOST_TEST(path_of_file_uri(file_uri(path)).value() == path);
  }
}

BOOST_AUTO_TEST_CASE(a_path_has_one_form) {
  BOOST_TEST(path_of_file_uri("file:///a/./b//c/../d/").value() == "/a/b/d");
  BOOST_TEST(path_of_file_uri("file://localhost/a%2fb").value() == "/a/b");
  BOOST_TEST(path_of_file_uri("file:///..").value() == "/");
  BOOST_TEST(path_of_file_uri("file:///a%2e%2E/b").value() == "/a../b");
}

BOOST_AUTO_TEST_CASE(what_names_no_file_here_is_refused) {
  for (const char* uri : {"", "/a", "http://a/b", "file:", "file://", "file://host/a",
                          "file://localhost.evil/a", "file:///a?b", "file:///a#b", "file:///%",
                          "file:///%4", "file:///%zz", "file:///a%00b"}) {
    BOOST_TEST(!path_of_file_uri(uri).has_value(), uri);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
