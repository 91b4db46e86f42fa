#include "tests/support/trace.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::support {
namespace {

const std::string kTwoAuthors = R"({
  "kind": "concurrent", "endContent": "aXb", "numAgents": 2, "_source": {"deep": [1, {"x": -2.5}]},
  "txns": [
    {"parents": [], "numChildren": 2, "agent": 0, "time": "1970", "patches": [[0, 0, "ab"]]},
    {"parents": [0], "agent": 1, "_dtSpan": [0, 2], "patches": [[1, 0, "X"], [2, 0, ""]]}
  ]
})";

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(a_concurrent_trace_keeps_its_graph) {
  const auto parsed = parse_trace(kTwoAuthors);
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->concurrent);
  BOOST_TEST(parsed->end_content == "aXb");
  BOOST_TEST_REQUIRE(parsed->txns.size() == 2U);
  BOOST_TEST(parsed->txns[1].agent == 1U);
  BOOST_TEST(parsed->txns[1].parents == std::vector<std::uint32_t>{0});
  const auto patches = parsed->patches_of(parsed->txns[1]);
  BOOST_TEST_REQUIRE(patches.size() == 2U);
  BOOST_TEST(patches[0].position == 1U);
  BOOST_TEST(patches[0].inserted == "X");
}

BOOST_AUTO_TEST_CASE(a_sequential_trace_is_a_chain) {
  const auto parsed = parse_trace(R"({"startContent": "", "endContent": "ac",
    "txns": [{"patches": [[0, 0, "abc"]]}, {"patches": [[1, 1, ""]]}]})");
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST(!parsed->concurrent);
  BOOST_TEST(parsed->txns[0].parents.empty());
  BOOST_TEST(parsed->txns[1].parents == std::vector<std::uint32_t>{0});
  BOOST_TEST(parsed->patches[1].deleted == 1U);
}

BOOST_AUTO_TEST_CASE(moving_a_trace_keeps_its_texts) {
  auto parsed = parse_trace(kTwoAuthors);
  BOOST_TEST_REQUIRE(parsed.has_value());
  const Trace moved = std::move(*parsed);
  BOOST_TEST(moved.patches[0].inserted == "ab");
  BOOST_TEST(moved.patches[1].inserted == "X");
}

BOOST_AUTO_TEST_CASE(a_repeated_trace_starts_where_it_ended) {
  auto parsed = parse_trace(kTwoAuthors);
  BOOST_TEST_REQUIRE(parsed.has_value());
  repeat_trace(*parsed, 3);
  BOOST_TEST(parsed->end_content == "aXbaXbaXb");
  BOOST_TEST_REQUIRE(parsed->txns.size() == 6U);
  BOOST_TEST(parsed->txns[4].parents == std::vector<std::uint32_t>{3});
  BOOST_TEST(parsed->txns[5].parents == std::vector<std::uint32_t>{4});
  BOOST_TEST(parsed->patches_of(parsed->txns[5])[0].inserted == "X");
}

BOOST_AUTO_TEST_CASE(characters_beyond_the_bmp_take_two_utf16_units) {
  auto parsed = parse_trace(R"({"txns": [{"patches": [
    [0, 0, "a\ud83d\ude00b\u00e4"], [2, 1, ""], [3, 0, "\ud83d\ude00\ud83d\ude00"],
    [1, 1, "x"], [4, 1, ""], [2, 2, ""], [2, 0, "y"]]}]})");
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST_REQUIRE(to_utf16(*parsed).has_value());
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected = {
      {0, 0}, {3, 1}, {4, 0}, {1, 2}, {5, 2}, {2, 3}, {2, 0}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_TEST(parsed->patches[i].position == expected[i].first, "patch " << i);
    BOOST_TEST(parsed->patches[i].deleted == expected[i].second, "patch " << i);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_a_trace_is_refused) {
  for (const std::string json :
       {"", "[]", "7", "{", R"({"txns": 5})", R"({"txns": [5]})", R"({"endContent": 5})",
        R"({"txns": [{"patches": [[0, 0]]}]})", R"({"txns": [{"patches": [[0, -1, ""]]}]})",
        R"({"txns": [{"patches": [[0, 0, "", 0]]}]})", R"({"txns": [{"parents": [0]}]})",
        R"({"txns": [{"agent": 1}]})", R"({"txns": [{"patches": [["x", 0, ""]]}]})",
        "{\"endContent\": \"\xFF\"}"}) {
    BOOST_TEST(!parse_trace(json).has_value(), json);
  }
  BOOST_TEST(!parse_trace(R"({"x": )" + std::string(1000, '[')).has_value());
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_an_error) {
  const auto read = read_trace("no/such/trace.json.gz");
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST((read.error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::support
