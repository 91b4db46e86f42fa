#include "protocol/base/base64.h"

#include <string>
#include <string_view>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait {
namespace {

using support::SeededRandom;

namespace data = boost::unit_test::data;

struct Sample {
  const char* bytes;
  const char* text;
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.text; }

// RFC 4648, section 10.
const Sample kSamples[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

std::string without_padding(std::string_view text) {
  return std::string(text.substr(0, text.find('=')));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base64)

BOOST_DATA_TEST_CASE(it_writes_and_reads_the_examples_of_the_standard, data::make(kSamples),
                     sample) {
  BOOST_TEST(to_base64(sample.bytes) == sample.text);
  BOOST_TEST(from_base64(sample.text).value() == sample.bytes);
  BOOST_TEST(to_base64url(sample.bytes) == without_padding(sample.text));
  BOOST_TEST(from_base64url(without_padding(sample.text)).value() == sample.bytes);
}

BOOST_AUTO_TEST_CASE(the_alphabets_differ_in_two_digits) {
  BOOST_TEST(to_base64("\xFB\xEF\xFF") == "++//");
  BOOST_TEST(to_base64url("\xFB\xEF\xFF") == "--__");
  BOOST_TEST(!from_base64("--__").has_value());
  BOOST_TEST(!from_base64url("++//").has_value());
}

BOOST_AUTO_TEST_CASE(padding_is_there_or_not_as_the_form_has_it) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zm8", "Zm9v====", "=", "====", "Z===", "Zg==Zg=="}) {
    BOOST_TEST(!from_base64(text).has_value(), text);
  }
  for (const char* text : {"Zg==", "Zm8=", "="}) {
    BOOST_TEST(!from_base64url(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(one_digit_too_many_is_no_byte) {
  for (const char* text : {"Z", "Zm9vZ"}) BOOST_TEST(!from_base64url(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(bits_that_no_byte_takes_are_zero) {
  for (const char* text : {"Zh", "Zv", "Zm9", "Zm_"}) {
    BOOST_TEST(!from_base64url(text).has_value(), text);
  }
  for (const char* text : {"Zh==", "Zm9="}) BOOST_TEST(!from_base64(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_digit) {
  for (const std::string text : {"Zm 9", "Zm9\n", "Zm9.", "Zm9\x80", "Zm\xC3\xA9"}) {
    BOOST_TEST(!from_base64(text).has_value(), text);
    BOOST_TEST(!from_base64url(text).has_value(), text);
  }
  BOOST_TEST(!from_base64url(std::string_view("Zm9\0", 4)).has_value());
}

BOOST_AUTO_TEST_CASE(there_is_one_text_for_any_bytes) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t size = random.below(9); size > 0; --size) {
      text.push_back("AQgwfz09-_+/="[random.below(13)]);
    }
    if (const auto bytes = from_base64url(text)) BOOST_TEST(to_base64url(*bytes) == text);
    if (const auto bytes = from_base64(text)) BOOST_TEST(to_base64(*bytes) == text);
  }
}

BOOST_AUTO_TEST_CASE(all_bytes_come_back) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    while (bytes.size() < size) bytes.push_back(static_cast<char>(random.below(256)));
    BOOST_TEST((from_base64(to_base64(bytes)) == bytes));
    BOOST_TEST((from_base64url(to_base64url(bytes)) == bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
