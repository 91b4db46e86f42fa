#include "daemon/crdt/json_syntax.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;

/// JSON.stringify(JSON.parse(text)), or "invalid".
std::string rewritten(std::string_view text) {
  ByteWriter out;
  out.put_bytes("before");
  const bool valid = rewrite_json(text, out);
  BOOST_TEST_REQUIRE(valid == is_json(text));
  if (!valid) {
    BOOST_TEST_REQUIRE(out.view() == "before");
    return "invalid";
  }
  return std::string(out.view().substr(6));
}

void check_stays(std::string_view text) { BOOST_TEST(rewritten(text) == text); }

std::string nested(std::size_t depth, const char* open, const char* close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_syntax)

BOOST_AUTO_TEST_CASE(what_json_stringify_writes_stays_as_it_is) {
  for (const char* text : {"null",
                           "true",
                           "false",
                           "0",
                           "-1",
                           "12.5",
                           "1e+21",
                           "1e-7",
                           "123456789012345680000",
                           "5e-324",
                           "1.7976931348623157e+308",
                           "\"\"",
                           "\"a\"",
                           R"("\"\\\b\f\n\r\t")",
                           R"("\u0000\u001f")",
                           R"("\ud83d")",
                           R"("\ude00")",
                           "\"\u007f\u2028\U0001f600/\"",
                           "[]",
                           "{}",
                           "[1,[2],{}]",
                           R"({"a":1,"b":{"c":[null]}})",
                           R"({"1":0,"2":0,"a":0,"01":0})",
                           R"({"__proto__":1})"}) {
    check_stays(text);
  }
}

BOOST_AUTO_TEST_CASE(space_goes) {
  BOOST_TEST(rewritten(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n") ==
             R"({"a":[1,2],"b":{}})");
}

BOOST_AUTO_TEST_CASE(numbers_are_printed_as_javascript_prints_them) {
  BOOST_TEST(rewritten("1.0") == "1");
  BOOST_TEST(rewritten("-0") == "0");
  BOOST_TEST(rewritten("-0.0e5") == "0");
  BOOST_TEST(rewritten("1E2") == "100");
  BOOST_TEST(rewritten("100e-2") == "1");
  BOOST_TEST(rewritten("0.000001") == "0.000001");
  BOOST_TEST(rewritten("0.0000001") == "1e-7");
  BOOST_TEST(rewritten("1.5e-7") == "1.5e-7");
  BOOST_TEST(rewritten("1e20") == "100000000000000000000");
  BOOST_TEST(rewritten("1e21") == "1e+21");
  BOOST_TEST(rewritten("-12e20") == "-1.2e+21");
  BOOST_TEST(rewritten("9007199254740993") == "9007199254740992");
  BOOST_TEST(rewritten("0.1000000000000000055") == "0.1");
  BOOST_TEST(rewritten("12345.678e1") == "123456.78");
}

BOOST_AUTO_TEST_CASE(numbers_beyond_all_doubles_become_null_or_nothing) {
  BOOST_TEST(rewritten("1e309") == "null");
  BOOST_TEST(rewritten("-1e999999999999999999999") == "null");
  BOOST_TEST(rewritten("1" + std::string(400, '0')) == "null");
  BOOST_TEST(rewritten("1e-400") == "0");
  BOOST_TEST(rewritten("-1e-999999999999999999999") == "0");
  BOOST_TEST(rewritten("0." + std::string(400, '0') + "1") == "0");
  BOOST_TEST(rewritten("0." + std::string(400, '0') + "1e401") == "1");
  BOOST_TEST(rewritten("1" + std::string(400, '0') + "e-400") == "1");
  BOOST_TEST(rewritten("0." + std::string(400, '0') + "1e800") == "null");
}

BOOST_AUTO_TEST_CASE(strings_lose_needless_escapes) {
  BOOST_TEST(rewritten(R"("\u0041\/\u00e9")") == "\"A/\u00e9\"");
  BOOST_TEST(rewritten(R"("\u0022\u005C\u0008\u000A")") == R"("\"\\\b\n")");
  BOOST_TEST(rewritten(R"("\uD83D\uDE00")") == "\"\U0001f600\"");
  BOOST_TEST(rewritten(R"("\uD83D\uD83D\uDE00")") == "\"\\ud83d\U0001f600\"");
  BOOST_TEST(rewritten(R"("\uDE00\uD83D")") == R"("\ude00\ud83d")");
  BOOST_TEST(rewritten(R"("\uD83Dx")") == R"("\ud83dx")");
  BOOST_TEST(rewritten(R"("\u001F\u007F\uFFFF")") == "\"\\u001f\u007f\uffff\"");
}

BOOST_AUTO_TEST_CASE(keys_stand_in_the_order_of_javascript_and_once) {
  BOOST_TEST(rewritten(R"({"b":1,"10":2,"9":3,"a":4})") == R"({"9":3,"10":2,"b":1,"a":4})");
  BOOST_TEST(rewritten(R"({"a":1,"b":2,"\u0061":3})") == R"({"a":3,"b":2})");
  BOOST_TEST(rewritten(R"([{"1":{"1":0,"0":0},"0":0}])") == R"([{"0":0,"1":{"0":0,"1":0}}])");
  BOOST_TEST(rewritten(R"({"\ud83d":1,"\uD83D":2,"":3,"":4})") == R"({"\ud83d":2,"":4})");
}

BOOST_AUTO_TEST_CASE(what_json_parse_refuses_is_refused) {
  for (const char* text :
       {"",          " ",       "undefined", "nul",         "truee",    "True",       "01",
        "1.",        ".5",      "+1",        "- 1",         "1e",       "1e+",        "0x1",
        "1_0",       "NaN",     "Infinity",  "\"",          "\"a",      "'a'",        "\"\n\"",
        "\"\t\"",    R"("\x")", R"("\u12")", R"("\u12g4")", "\"\\",     "[",          "]",
        "[1",        "[1,",     "[1,]",      "[,1]",        "[1 2]",    "[1}",        "{",
        "}",         "{a:1}",   "{\"a\"}",   "{\"a\":}",    "{\"a\":1", "{\"a\":1,}", "{,}",
        "{\"a\":1]", "{1:1}",   "1 1",       "[] []",       "\u00a01",  "1\f",        "\ufeff1",
        "/**/1",     "null,"}) {
    BOOST_TEST(rewritten(text) == "invalid", text);
  }
}

BOOST_AUTO_TEST_CASE(depth_has_a_limit) {
  BOOST_TEST(is_json(nested(kMaxJsonDepth, "[", "]")));
  BOOST_TEST(!is_json(nested(kMaxJsonDepth + 1, "[", "]")));
  BOOST_TEST(is_json(nested(kMaxJsonDepth, "{\"a\":", "}")));
  BOOST_TEST(!is_json(nested(kMaxJsonDepth + 1, "{\"a\":", "}")));
  BOOST_TEST(!is_json(nested(1'000'000, "[", "]")));
  check_stays(nested(kMaxJsonDepth, "{\"a\":", "}"));
}

BOOST_AUTO_TEST_CASE(what_was_rewritten_stays_as_it_is) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  const std::vector<std::string> words = {
      "1", "-2.50", "1e5", "null", "\"a\"", "\"b\"", "{",     "{",  "}",  "}",          "[",
      "]", ",",     ",",   ":",    ":",     " ",     "\"1\"", "{}", "[]", "\"\\u0061\""};
  int valid = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t left = 1 + random.below(10); left > 0; --left) text += random.pick(words);
    const std::string once = rewritten(text);
    if (once == "invalid") continue;
    ++valid;
    BOOST_TEST_REQUIRE(rewritten(once) == once);
  }
  BOOST_TEST(valid > 1'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
