#include <cstdint>
#include <string>

#include <boost/test/unit_test.hpp>

#include "protocol/base/utf8.h"
#include "protocol/jsonrpc/json.h"
#include "tests/support/seeded_random.h"
#include "tests/support/vectors.h"

namespace plait::jsonrpc {
namespace {

using support::SeededRandom;

Result<Json> parse(std::string_view text) { return parse_json(text, {}); }

std::string repeated(std::string_view part, std::size_t times) {
  std::string whole;
  for (std::size_t i = 0; i < times; ++i) whole += part;
  return whole;
}

/// What the text's number is read as.
std::int64_t integer(std::string_view text) { return *parse(text)->as_integer(); }
double real(std::string_view text) { return *parse(text)->as_real(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(json_parser)

BOOST_AUTO_TEST_CASE(texts_of_the_vectors_are_accepted_and_written_in_short) {
  const Json vectors = support::read_vectors("jsonrpc/json.json");
  for (const Json& one : support::cases_of(vectors, "accepted")) {
    const auto value = parse(support::bytes_of(one, "bytes"));
    BOOST_TEST_REQUIRE(value.has_value(), support::text_of(one, "name"));
    BOOST_TEST(write_json(*value) == support::text_of(one, "written"));
  }
}

BOOST_AUTO_TEST_CASE(texts_of_the_vectors_are_refused) {
  const Json vectors = support::read_vectors("jsonrpc/json.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    const auto value = parse(support::bytes_of(one, "bytes"));
    BOOST_TEST(!value.has_value(), support::text_of(one, "name"));
  }
}

BOOST_AUTO_TEST_CASE(a_text_may_be_as_long_as_its_limit) {
  const JsonLimits limits{.max_bytes = 6};
  BOOST_TEST(parse_json(R"("abcd")", limits).has_value());
  const auto longer = parse_json(R"("abcde")", limits);
  BOOST_TEST_REQUIRE(!longer.has_value());
  BOOST_TEST((longer.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(containers_may_be_nested_as_deep_as_the_limit) {
  constexpr std::size_t kDepth = 64;
  const auto lists = [](std::size_t depth) {
    return repeated("[", depth) + "1" + repeated("]", depth);
  };
  const auto objects = [](std::size_t depth) {
    return repeated(R"({"a":)", depth) + "1" + repeated("}", depth);
  };
  BOOST_TEST(parse(lists(kDepth)).has_value());
  BOOST_TEST(parse(objects(kDepth)).has_value());
  for (const std::string& deeper : {lists(kDepth + 1), objects(kDepth + 1)}) {
    const auto value = parse(deeper);
    BOOST_TEST_REQUIRE(!value.has_value());
    BOOST_TEST((value.error().code == ErrorCode::LimitExceeded));
  }
}

BOOST_AUTO_TEST_CASE(a_million_open_brackets_cost_no_stack) {
  const JsonLimits wide{.max_bytes = 4'000'000};
  BOOST_TEST(!parse_json(std::string(1'000'000, '['), wide).has_value());
  BOOST_TEST(!parse_json(repeated(R"({"a":)", 500'000), wide).has_value());
}

BOOST_AUTO_TEST_CASE(values_are_counted_containers_among_them) {
  const JsonLimits limits{.max_values = 3};
  BOOST_TEST(parse_json("[1,2]", limits).has_value());
  BOOST_TEST(parse_json(R"({"a":{"b":1}})", limits).has_value());
  const auto more = parse_json("[1,2,3]", limits);
  BOOST_TEST_REQUIRE(!more.has_value());
  BOOST_TEST((more.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(integers_are_exact_as_far_as_javascript_holds_them) {
  BOOST_TEST(integer("0") == 0);
  BOOST_TEST(integer("-0") == 0);
  BOOST_TEST(integer("-2147483649") == -2147483649LL);
  BOOST_TEST(integer("9007199254740991") == kMaxSafeInteger);
  BOOST_TEST(integer("-9007199254740991") == -kMaxSafeInteger);
  BOOST_TEST((parse("9007199254740992")->as_integer() == nullptr));
  BOOST_TEST(real("9007199254740992") == 9007199254740992.0);
  BOOST_TEST(real("-9223372036854775808") == -9223372036854775808.0);
  BOOST_TEST(real("18446744073709551616") == 18446744073709551616.0);
}

BOOST_AUTO_TEST_CASE(a_number_with_an_integer_value_is_an_integer_however_it_is_written) {
  BOOST_TEST(integer("1.0") == 1);
  BOOST_TEST(integer("1e3") == 1000);
  BOOST_TEST(integer("1.5E+1") == 15);
  BOOST_TEST(integer("-2500e-2") == -25);
  BOOST_TEST(integer("-0.0") == 0);
  BOOST_TEST((parse("1.5")->as_integer() == nullptr));
}

BOOST_AUTO_TEST_CASE(reals_are_read_to_the_last_bit) {
  BOOST_TEST(real("0.1") == 0.1);
  BOOST_TEST(real("-1.7976931348623157e308") == -1.7976931348623157e308);
  BOOST_TEST(real("2.2250738585072014e-308") == 2.2250738585072014e-308);
  BOOST_TEST(real("7.2057594037927933e+16") == 7.2057594037927933e+16);
  BOOST_TEST(real("0." + std::string(400, '1')) == 0.1111111111111111);
}

BOOST_AUTO_TEST_CASE(numbers_that_make_rapidjson_read_behind_its_tables_are_refused) {
  for (const std::string& text :
       {std::string("0.00000000000000000000000001e-2147483639"), std::string("1e309"),
        std::string("1e-400"), std::string(308, '9') + "e9", std::string("-1e99999999999"),
        "0." + std::string(5000, '0') + "1e-2147483647", std::string(400, '9')}) {
    const auto value = parse(text);
    BOOST_TEST(!value.has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(many_members_are_fine_until_one_comes_twice) {
  std::string members;
  for (int i = 0; i < 20'000; ++i) members += "\"m" + std::to_string(i) + "\":0,";
  const JsonLimits limits{.max_bytes = 4'000'000};
  BOOST_TEST(parse_json("{" + members + "\"last\":0}", limits).has_value());
  const auto twice = parse_json("{" + members + "\"m777\":0}", limits);
  BOOST_TEST_REQUIRE(!twice.has_value());
  BOOST_TEST(twice.error().message == "an object names a member twice");
}

BOOST_AUTO_TEST_CASE(random_bytes_are_refused_or_can_be_written_and_read_again) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  constexpr std::string_view kAlphabet = "{}[]\",:\\u0019dceftrualsn.-+E \xC3\xA9\xED\x01";
  std::size_t accepted = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string text;
    for (std::size_t size = random.below(9); size > 0; --size) {
      text.push_back(random.pick(kAlphabet));
    }
    const auto value = parse(text);
    if (!value) continue;
    ++accepted;
    const std::string written = write_json(*value);
    BOOST_TEST_REQUIRE(is_valid_utf8(written));
    const auto again = parse(written);
    BOOST_TEST_REQUIRE(again.has_value(), written);
    BOOST_TEST_REQUIRE((*again == *value), written);
  }
  BOOST_TEST(accepted > 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
