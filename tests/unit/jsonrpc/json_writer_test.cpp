#include <string>

#include <boost/test/unit_test.hpp>

#include "protocol/jsonrpc/json.h"

namespace plait::jsonrpc {

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(values_are_written_without_space_members_in_their_order) {
  const Json value(Json::Object{
      {"z", Json(Json::Array{Json(), Json(true), Json(false)})},
      {"a", Json(std::int64_t{-9007199254740991})},
      {"m", Json(Json::Object{{"", Json(0.25)}})},
  });
  BOOST_TEST(write_json(value) ==
             R"({"z":[null,true,false],"a":-9007199254740991,"m":{"":0.25}})");
}

BOOST_AUTO_TEST_CASE(what_must_be_escaped_is_and_nothing_else) {
  const std::string text("\"\\/\b\f\n\r\t\x01\x1f\x7f\0é😀", 18);
  BOOST_TEST(write_json(Json(text)) ==
             "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\\u0000é😀\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
