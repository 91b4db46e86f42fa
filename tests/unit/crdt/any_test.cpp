#include "daemon/crdt/any.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any_value.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

/// What lib0 would write for a value, in hex; "invalid" for what it could not keep.
std::string rewritten(const std::string& bytes) {
  ByteReader once(bytes);
  const AnyForm form = skip_any(once);
  ByteReader again(bytes);
  ByteWriter out;
  out.put_bytes("before");
  const bool valid = rewrite_any(again, out);
  BOOST_TEST_REQUIRE(valid == (form != AnyForm::Invalid));
  if (!valid) {
    BOOST_TEST_REQUIRE(out.view() == "before");
    return "invalid";
  }
  const std::string_view value = out.view().substr(6);
  const std::string_view read(bytes.data(), bytes.size() - once.remaining());
  BOOST_TEST_REQUIRE(once.remaining() == again.remaining());
  BOOST_TEST_REQUIRE((form == AnyForm::Canonical) == (value == read));
  return hex_of(value);
}

std::string of_hex(std::string_view digits) { return rewritten(bytes_of_hex(digits)); }

void check_stays(std::string_view digits) {
  BOOST_TEST(of_hex(digits) == hex_of(bytes_of_hex(digits)));
}
void check_becomes(std::string_view digits, std::string_view expected) {
  BOOST_TEST(of_hex(digits) == hex_of(bytes_of_hex(expected)), digits);
}

using Members = std::vector<std::pair<std::string, std::string>>;

/// An object with these members, values in hex.
std::string object(const Members& members) {
  ByteWriter out;
  out.put_byte(118);
  out.put_varuint(members.size());
  for (const auto& [key, value] : members) {
    out.put_varbytes(key);
    out.put_bytes(bytes_of_hex(value));
  }
  return out.str();
}

std::string nested(int depth, char open, std::string_view between) {
  std::string bytes;
  for (int i = 0; i < depth; ++i) (bytes += open).append("\x01").append(between);
  return bytes + "\x7f";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(any)

BOOST_AUTO_TEST_CASE(plain_values_stay_as_they_are) {
  check_stays("7f");                          // undefined
  check_stays("7e");                          // null
  check_stays("78");                          // true
  check_stays("79");                          // false
  check_stays("7d 00");                       // 0
  check_stays("7d 40");                       // -0
  check_stays("7d 3f");                       // 63
  check_stays("7d 80 01");                    // 64
  check_stays("7d c0 01");                    // -64
  check_stays("7d bf ff ff ff 0f");           // 2^31 - 1
  check_stays("7d ff ff ff ff 0f");           // -(2^31 - 1)
  check_stays("7c 4f 00 00 00");              // 2^31
  check_stays("7c 7f 80 00 00");              // infinity
  check_stays("7c 3f c0 00 00");              // 1.5
  check_stays("7b 3f b9 99 99 99 99 99 9a");  // 0.1
  check_stays("7b 7f f8 00 00 00 00 00 00");  // not a number
  check_stays("7b 7f f0 00 00 00 00 00 01");  // not a number, and noisy about it
  check_stays("7a ff ff ff ff ff ff ff ff");  // -1n
  check_stays("77 00");
  check_stays("77 04 f0 9f 98 80");
  check_stays("74 02 ff 00");
  check_stays("75 00");
  check_stays("75 02 7e 75 01 7d 01");
  check_stays("76 00");
}

BOOST_AUTO_TEST_CASE(numbers_take_the_form_that_lib0_picks) {
  check_becomes("7c 3f 80 00 00", "7d 01");
  check_becomes("7c 80 00 00 00", "7d 40");
  check_becomes("7b 40 00 00 00 00 00 00 00", "7d 02");
  check_becomes("7b 80 00 00 00 00 00 00 00", "7d 40");
  check_becomes("7b c1 df ff ff ff c0 00 00", "7d ff ff ff ff 0f");
  check_becomes("7b 41 e0 00 00 00 00 00 00", "7c 4f 00 00 00");
  check_becomes("7b 7f f0 00 00 00 00 00 00", "7c 7f 80 00 00");
  check_becomes("7b 3f f8 00 00 00 00 00 00", "7c 3f c0 00 00");
  check_becomes("7d 80 80 80 80 10", "7c 4f 00 00 00");                       // 2^31
  check_becomes("7d bf ff ff ff ff ff ff 1f", "7b 43 3f ff ff ff ff ff ff");  // 2^53 - 1
  check_becomes("7c 7f c0 00 00", "7b 7f f8 00 00 00 00 00 00");
  check_becomes("7c ff 80 00 01", "7b ff f8 00 00 20 00 00 00");
}

BOOST_AUTO_TEST_CASE(varints_become_as_short_as_can_be) {
  check_becomes("7d 80 00", "7d 00");
  check_becomes("7d 81 80 00", "7d 01");
  check_becomes("77 81 00 61", "77 01 61");
  check_becomes("74 80 00", "74 00");
  check_becomes("75 81 00 7e", "75 01 7e");
  check_becomes("76 81 00 81 00 61 7e", "76 01 01 61 7e");
}

BOOST_AUTO_TEST_CASE(keys_stand_in_the_order_of_javascript) {
  BOOST_TEST(rewritten(object({{"b", "7e"}, {"10", "7d0a"}, {"a", "7f"}, {"9", "7d09"}})) ==
             hex_of(object({{"9", "7d09"}, {"10", "7d0a"}, {"b", "7e"}, {"a", "7f"}})));
  // Only array indices come first: neither a leading zero nor 2^32 - 1 makes one.
  const Members names = {{"4294967294", "7e"}, {"4294967295", "7e"}, {"01", "7e"}, {"-1", "7e"},
                         {"1e3", "7e"},        {"", "7e"},           {"1.0", "7e"}};
  BOOST_TEST(rewritten(object(names)) == hex_of(object(names)));
}

BOOST_AUTO_TEST_CASE(of_two_equal_keys_the_later_value_takes_the_earlier_place) {
  BOOST_TEST(rewritten(object({{"b", "7e"}, {"a", "7f"}, {"b", "78"}, {"b", "79"}})) ==
             hex_of(object({{"b", "79"}, {"a", "7f"}})));
  BOOST_TEST(rewritten(object({{"1", "7e"}, {"1", "7f"}})) == hex_of(object({{"1", "7f"}})));
}

BOOST_AUTO_TEST_CASE(a_prototype_is_no_member) {
  BOOST_TEST(rewritten(object({{"b", "7e"}, {"__proto__", "7600"}, {"c", "78"}})) ==
             hex_of(object({{"b", "7e"}, {"c", "78"}})));
  BOOST_TEST(rewritten(object({{"__proto__", "7d01"}})) == hex_of(object({})));
  // lib0 reads these and then cannot write them, or not the same again.
  BOOST_TEST(rewritten(object({{"__proto__", "740100"}})) == "invalid");
  BOOST_TEST(rewritten(object({{"__proto__", "7e"}, {"__proto__", "7d01"}})) == "invalid");
  // Only the key makes a prototype.
  BOOST_TEST(rewritten(object({{"proto", "740100"}})) == hex_of(object({{"proto", "740100"}})));
}

BOOST_AUTO_TEST_CASE(disorder_is_mended_at_every_level) {
  const auto inner = hex_of(object({{"1", "7e"}, {"0", "7c3f800000"}, {"1", "78"}}));
  const auto mended = hex_of(object({{"0", "7d01"}, {"1", "78"}}));
  BOOST_TEST(rewritten(object({{"x", "7501" + inner}, {"0", inner}})) ==
             hex_of(object({{"0", mended}, {"x", "7501" + mended}})));
}

BOOST_AUTO_TEST_CASE(what_lib0_does_not_read_is_invalid) {
  BOOST_TEST(of_hex("00") == "invalid");
  BOOST_TEST(of_hex("73") == "invalid");
  BOOST_TEST(of_hex("80") == "invalid");
  BOOST_TEST(of_hex("77 01 80") == "invalid");                    // not UTF-8
  BOOST_TEST(of_hex("76 01 01 80 7e") == "invalid");              // nor is this key
  BOOST_TEST(of_hex("7d bf ff ff ff ff ff ff 3f") == "invalid");  // over 2^53
  BOOST_TEST(of_hex("75 02 7e 00") == "invalid");
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_value_is_cut_short) {
  const std::string whole = object({{"a", "7502 7d8001 7b3fb999999999999a"},
                                    {"b", "77036162 63"},
                                    {"c", "7c3fc00000"},
                                    {"d", "740201 02"},
                                    {"e", "7a0000000000000001"}});
  BOOST_TEST_REQUIRE(rewritten(whole) == hex_of(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ByteReader reader({whole.data(), size});
    BOOST_TEST((skip_any(reader) == AnyForm::Invalid));
    BOOST_TEST(!reader.ok());
  }
}

BOOST_AUTO_TEST_CASE(wrong_bytes_are_told_from_missing_ones) {
  const std::string wrong = bytes_of_hex("75 02 7e 00");
  ByteReader reader(wrong);
  BOOST_TEST((skip_any(reader) == AnyForm::Invalid));
  BOOST_TEST(reader.ok());
}

BOOST_AUTO_TEST_CASE(the_reader_ends_behind_the_value) {
  const std::string bytes = bytes_of_hex("75 01 7e 7f");
  ByteReader reader(bytes);
  BOOST_TEST((skip_any(reader) == AnyForm::Canonical));
  BOOST_TEST(hex_of(reader.rest()) == "7f");
  BOOST_TEST(reader.canonical());
}

BOOST_AUTO_TEST_CASE(claimed_counts_are_held_against_what_is_there) {
  BOOST_TEST(of_hex("75 ff ff ff ff ff ff ff 0f 7e") == "invalid");
  BOOST_TEST(of_hex("76 ff ff ff ff ff ff ff 0f 00 7e") == "invalid");
  BOOST_TEST(of_hex("77 ff ff ff ff ff ff ff 0f") == "invalid");
}

BOOST_AUTO_TEST_CASE(depth_has_a_limit) {
  BOOST_TEST(rewritten(nested(kMaxAnyDepth, '\x75', "")) ==
             hex_of(nested(kMaxAnyDepth, '\x75', "")));
  BOOST_TEST(rewritten(nested(kMaxAnyDepth + 1, '\x75', "")) == "invalid");
  const std::string_view key("\x01k", 2);
  BOOST_TEST(rewritten(nested(kMaxAnyDepth, '\x76', key)) ==
             hex_of(nested(kMaxAnyDepth, '\x76', key)));
  BOOST_TEST(rewritten(nested(kMaxAnyDepth + 1, '\x76', key)) == "invalid");
  BOOST_TEST(rewritten(nested(1'000'000, '\x75', "")) == "invalid");
}

BOOST_AUTO_TEST_CASE(what_was_rewritten_stays_as_it_is) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  int valid = 0;
  for (int i = 0; i < 50'000; ++i) {
    // Half of the bytes are tags, small counts and letters, so that a good part means
    // something.
    std::string bytes;
    for (std::size_t left = 1 + random.below(40); left > 0; --left) {
      const std::size_t kind = random.below(4);
      const std::size_t byte = kind == 0   ? random.below(256)
                               : kind == 1 ? random.below(4)
                               : kind == 2 ? 'a' + random.below(3)
                                           : 116 + random.below(12);
      bytes.push_back(static_cast<char>(byte));
    }
    const std::string once = rewritten(bytes);
    if (once == "invalid") continue;
    ++valid;
    BOOST_TEST_REQUIRE(of_hex(once) == once);
  }
  BOOST_TEST(valid > 5'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
