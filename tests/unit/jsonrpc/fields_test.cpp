#include "protocol/jsonrpc/fields.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::jsonrpc {
namespace {

enum class Fruit : std::uint8_t { Apple, Pear };
constexpr std::array<EnumName<Fruit>, 2> kFruits{
    {{Fruit::Apple, "apple"}, {Fruit::Pear, "pear"}}};
constexpr const auto& names_of(Fruit /*any*/) noexcept { return kFruits; }

struct Part {
  std::int64_t size = 0;

  static void describe(auto& self, auto& field) { field("size", self.size, Range{0, 9}); }
  bool operator==(const Part&) const noexcept = default;
};

/// A message with a field of each kind.
struct Sample {
  bool flag = false;
  std::int64_t count = 0;
  std::string text;
  std::string line;
  std::string token;
  Bytes bytes;
  FixedBytes<2> key;
  Digest digest;
  Fruit fruit = Fruit::Apple;
  Part part;
  std::vector<Part> parts;
  std::vector<std::string> names;
  std::optional<std::string> maybe;

  static void describe(auto& self, auto& field) {
    field("flag", self.flag);
    field("count", self.count, Range{-1, 10});
    field("text", self.text, Text{1, 4});
    field("line", self.line, Line{0, 6});
    field("token", self.token, Token{5});
    field("bytes", self.bytes, Size{1, 3});
    field("key", self.key);
    field("digest", self.digest);
    field("fruit", self.fruit);
    field("part", self.part);
    field("parts", self.parts, List{2});
    field("names", self.names, List{2, Text{1, 2}});
    field("maybe", self.maybe, Text{0, 3});
  }
  bool operator==(const Sample&) const noexcept = default;
};

const std::string kDigest = std::string(62, '0') + "fe";

Json sample() {
  return Json(Json::Object{
      {"flag", Json(true)},
      {"count", Json(std::int64_t{3})},
      {"text", Json("a\n")},
      {"line", Json("é")},
      {"token", Json("a-1_.")},
      {"bytes", Json("_w")},
      {"key", Json("AQI")},
      {"digest", Json(kDigest)},
      {"fruit", Json("pear")},
      {"part", Json(Json::Object{{"size", Json(std::int64_t{9})}})},
      {"parts", Json(Json::Array{Json(Json::Object{{"size", Json(std::int64_t{0})}})})},
      {"names", Json(Json::Array{Json("x"), Json("yy")})},
      {"maybe", Json("yes")},
  });
}

/// The sample with one member replaced.
Json sample_with(std::string_view name, const Json& value) {
  Json changed = sample();
  for (Json::Member& member : *changed.as_object()) {
    if (member.name == name) member.value = value;
  }
  return changed;
}

Json sample_without(std::string_view name) {
  Json changed = sample();
  std::erase_if(*changed.as_object(), [&](const auto& member) { return member.name == name; });
  return changed;
}

/// What is said about the sample with this member; nothing if it is taken.
std::string complaint(std::string_view name, const Json& value) {
  const auto read = read_fields<Sample>(sample_with(name, value));
  return read ? "" : read.error().message;
}

Json sized(std::int64_t size) { return Json(Json::Object{{"size", Json(size)}}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(fields)

BOOST_AUTO_TEST_CASE(a_message_is_read_and_written_by_its_description) {
  const auto read = read_fields<Sample>(sample());
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->count == 3);
  BOOST_TEST(read->bytes.data == "\xff");
  BOOST_TEST(read->key.data[1] == 2);
  BOOST_TEST(read->digest.data[31] == 0xfe);
  BOOST_TEST((read->fruit == Fruit::Pear));
  BOOST_TEST(read->parts.size() == 1U);
  BOOST_TEST(*read->maybe == "yes");
  BOOST_TEST(write_json(write_fields(*read)) == write_json(sample()));
}

BOOST_AUTO_TEST_CASE(an_optional_field_may_be_absent_or_null_and_is_then_not_written) {
  for (const Json& given : {sample_without("maybe"), sample_with("maybe", Json())}) {
    const auto read = read_fields<Sample>(given);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(!read->maybe.has_value());
    BOOST_TEST((write_fields(*read) == sample_without("maybe")));
  }
}

BOOST_AUTO_TEST_CASE(every_other_field_has_to_be_there) {
  const Json whole = sample();
  for (const Json::Member& member : *whole.as_object()) {
    if (member.name == "maybe") continue;
    const auto read = read_fields<Sample>(sample_without(member.name));
    BOOST_TEST_REQUIRE(!read.has_value());
    BOOST_TEST(read.error().message == "params." + member.name + ": missing");
    BOOST_TEST(complaint(member.name, Json()).starts_with("params." + member.name));
  }
}

BOOST_AUTO_TEST_CASE(fields_that_are_not_described_are_ignored) {
  Json more = sample();
  more.as_object()->push_back({"tomorrow", Json("x")});
  BOOST_TEST(read_fields<Sample>(more).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_not_an_object_is_no_message) {
  const auto read = read_fields<Sample>(Json("x"), "result");
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(read.error().message == "result: expected an object");
}

BOOST_AUTO_TEST_CASE(booleans_and_integers_are_what_they_say) {
  BOOST_TEST(complaint("flag", Json(std::int64_t{1})) == "params.flag: expected true or false");
  BOOST_TEST(complaint("count", Json("1")) == "params.count: expected an integer");
  BOOST_TEST(complaint("count", Json(1.5)) == "params.count: expected an integer");
  BOOST_TEST(complaint("count", Json(std::int64_t{-1})).empty());
  BOOST_TEST(complaint("count", Json(std::int64_t{10})).empty());
  BOOST_TEST(complaint("count", Json(std::int64_t{-2})) == "params.count: expected -1 to 10");
  BOOST_TEST(complaint("count", Json(std::int64_t{11})) == "params.count: expected -1 to 10");
}

BOOST_AUTO_TEST_CASE(text_is_counted_in_bytes) {
  BOOST_TEST(complaint("text", Json(true)) == "params.text: expected a string");
  BOOST_TEST(complaint("text", Json("")) == "params.text: empty");
  BOOST_TEST(complaint("text", Json("éé")).empty());
  BOOST_TEST(complaint("text", Json("éé.")) == "params.text: longer than 4 bytes");
}

BOOST_AUTO_TEST_CASE(a_line_has_no_control_characters) {
  for (const char* good : {"", "a b", "\u00a0", "é"}) {
    BOOST_TEST(complaint("line", Json(good)).empty(), good);
  }
  for (const char* bad : {"a\n", "\t", "\x7f", "é\u0080", "\u009f", "\x1b[0m"}) {
    BOOST_TEST(
        complaint("line", Json(bad)) == "params.line: control characters are not allowed", bad);
  }
  BOOST_TEST(complaint("line", Json(std::string(1, '\0'))).ends_with("not allowed"));
}

BOOST_AUTO_TEST_CASE(a_token_is_made_of_few_characters) {
  for (const char* bad : {"a b", "é", "a/b", "\"", "a:b"}) {
    BOOST_TEST(complaint("token", Json(bad)).ends_with("'-', '_' and '.' only"), bad);
  }
  BOOST_TEST(complaint("token", Json("")) == "params.token: empty");
  BOOST_TEST(complaint("token", Json("abcde")).empty());
  BOOST_TEST(complaint("token", Json("abcdef")) == "params.token: longer than 5 bytes");
}

BOOST_AUTO_TEST_CASE(bytes_are_base64url_of_a_fitting_length) {
  for (const char* bad : {"A", "AQ==", "A+8", "A/8", "A Q", "AR"}) {
    BOOST_TEST(
        complaint("bytes", Json(bad)) == "params.bytes: expected base64url without padding",
        bad);
  }
  BOOST_TEST(complaint("bytes", Json("AQID")).empty());
  BOOST_TEST(complaint("bytes", Json("AQIDBA")) == "params.bytes: expected 1 to 3 bytes");
  BOOST_TEST(complaint("bytes", Json("")) == "params.bytes: expected 1 to 3 bytes");
  BOOST_TEST(complaint("key", Json("AQ")) == "params.key: expected 2 bytes");
  BOOST_TEST(complaint("key", Json("AQID")) == "params.key: expected 2 bytes");
}

BOOST_AUTO_TEST_CASE(a_digest_is_64_digits_in_lower_case) {
  const std::string upper = std::string(62, '0') + "FE";
  for (const std::string& bad : {upper, kDigest + "00", kDigest.substr(2), std::string("x")}) {
    BOOST_TEST(complaint("digest", Json(bad)) ==
                   "params.digest: expected 64 hexadecimal digits in lower case",
               bad);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_word_is_told_which_there_are) {
  BOOST_TEST(complaint("fruit", Json("fig")) == "params.fruit: expected one of apple, pear");
  BOOST_TEST(complaint("fruit", Json(std::int64_t{0})) ==
             "params.fruit: expected one of apple, pear");
}

BOOST_AUTO_TEST_CASE(a_mistake_inside_of_something_says_where_it_is) {
  BOOST_TEST(complaint("part", sized(10)) == "params.part.size: expected 0 to 9");
  BOOST_TEST(complaint("parts", Json(Json::Array{sized(1), sized(-1)})) ==
             "params.parts[1].size: expected 0 to 9");
  BOOST_TEST(complaint("names", Json(Json::Array{Json("abc")})) ==
             "params.names[0]: longer than 2 bytes");
}

BOOST_AUTO_TEST_CASE(a_list_may_be_as_long_as_its_limit) {
  BOOST_TEST(complaint("parts", Json("x")) == "params.parts: expected an array");
  BOOST_TEST(complaint("parts", Json(Json::Array{sized(1), sized(2)})).empty());
  BOOST_TEST(complaint("parts", Json(Json::Array{sized(1), sized(2), sized(3)})) ==
             "params.parts: more than 2 elements");
}

BOOST_AUTO_TEST_CASE(the_first_mistake_is_what_is_told) {
  Json bad = sample_with("count", Json(std::int64_t{99}));
  for (Json::Member& member : *bad.as_object()) {
    if (member.name != "count") member.value = Json();
  }
  BOOST_TEST(read_fields<Sample>(bad).error().message == "params.flag: expected true or false");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::jsonrpc
