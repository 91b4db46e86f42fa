#include "daemon/server/target.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/server/limits.h"
#include "protocol/base/relative_path.h"

namespace plait::server {
namespace {

std::string open(std::string_view path) {
  const auto room = open_room(path);
  return room ? room->name : "none";
}

std::string file(std::string_view path) {
  const auto room = workspace_room(path);
  return room ? room->workspace + " : " + room->name : "none";
}

std::string token(std::string_view query, const std::vector<std::string>& subprotocols = {}) {
  return token_of(query, subprotocols);
}

std::string deep(std::size_t depth) {
  std::string path = "/yjs/w";
  for (; depth > 0; --depth) path += "/d";
  return path;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(target)

BOOST_AUTO_TEST_CASE(an_open_room_is_any_path) {
  BOOST_TEST(open("/yjs/room") == "room");
  BOOST_TEST(open("/yjs/a/b c/../d") == "a/b c/../d");
  BOOST_TEST(open("/yjs/caf%C3%A9%20") == "caf\xC3\xA9 ");
  BOOST_TEST(open("/yjs/") == "none");
  BOOST_TEST(open("/yjs") == "none");
  BOOST_TEST(open("/other/room") == "none");
}

BOOST_AUTO_TEST_CASE(names_are_text_for_people) {
  BOOST_TEST(open("/yjs/%00") == "none");
  BOOST_TEST(open("/yjs/a%0A") == "none");
  BOOST_TEST(open("/yjs/%7F") == "none");
  BOOST_TEST(open("/yjs/%FF") == "none");
  BOOST_TEST(open("/yjs/%4") == "none");
  BOOST_TEST(open("/yjs/%zz") == "none");
}

BOOST_AUTO_TEST_CASE(names_have_a_greatest_length) {
  const std::string longest(kMaxRoomNameBytes, 'x');
  BOOST_TEST(open("/yjs/" + longest) == longest);
  BOOST_TEST(open("/yjs/x" + longest) == "none");
}

BOOST_AUTO_TEST_CASE(a_workspace_holds_files) {
  BOOST_TEST(file("/yjs/w/notes.txt") == "w : notes.txt");
  BOOST_TEST(file("/yjs/w/src/main.cpp") == "w : src/main.cpp");
  for (const char* path : {"/yjs/w", "/yjs/w/", "/yjs//a", "/yjs/w/../a", "/yjs/w/a/%2e%2e/b",
                           "/yjs/w/a//b", "/yjs/w/./a", "/yjs/w/a/"}) {
    BOOST_TEST(file(path) == "none", path);
  }
  BOOST_TEST(file(deep(kMaxPathDepth)) != "none");
  BOOST_TEST(file(deep(kMaxPathDepth + 1)) == "none");
}

BOOST_AUTO_TEST_CASE(a_token_comes_in_the_query_or_as_a_subprotocol) {
  BOOST_TEST(token("token=abc") == "abc");
  BOOST_TEST(token("x=1&token=a%2Bb&y") == "a+b");
  BOOST_TEST(token("", {"plait.yjs", "plait.token.abc"}) == "abc");
  BOOST_TEST(token("token=q", {"plait.token.s"}) == "q");
  BOOST_TEST(token("xtoken=1&toke").empty());
  BOOST_TEST(token("token=%").empty());
  BOOST_TEST(token("").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
