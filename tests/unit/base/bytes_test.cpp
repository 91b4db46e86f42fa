#include "protocol/base/bytes.h"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

namespace data = boost::unit_test::data;

struct Varint {
  std::uint64_t value;
  const char* bytes;
};
std::ostream& operator<<(std::ostream& out, const Varint& varint) {
  return out << varint.value;
}

const Varint kVarints[] = {
    {0, "00"},
    {1, "01"},
    {127, "7f"},
    {128, "80 01"},
    {300, "ac 02"},
    {16383, "ff 7f"},
    {16384, "80 80 01"},
    {2097151, "ff ff 7f"},
    {2097152, "80 80 80 01"},
    {4294967295, "ff ff ff ff 0f"},
    {(std::uint64_t{1} << 49) - 1, "ff ff ff ff ff ff 7f"},
    {std::uint64_t{1} << 49, "80 80 80 80 80 80 80 01"},
    {kMaxVarUint, "ff ff ff ff ff ff ff 0f"},
};

/// One varint as it is defined: the value, whether its form is the shortest, and how long it
/// is.
struct Read {
  std::uint64_t value;
  bool shortest;
  std::size_t size;
};

/// What the reader must say of the varint at the start of some bytes, put as simply as
/// possible.
std::optional<Read> reference_varuint(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto byte = static_cast<std::uint8_t>(bytes[i]);
    for (unsigned bit = 0; bit < 7; ++bit) {
      if ((byte >> bit & 1) == 0) continue;
      if (7 * i + bit >= 53) return std::nullopt;
      value |= std::uint64_t{1} << (7 * i + bit);
    }
    if (byte < 0x80) return Read{value, i == 0 || byte != 0, i + 1};
  }
  return std::nullopt;
}

void check_like_reference(const std::string& bytes) {
  ByteReader reader(bytes);
  const std::uint64_t value = reader.varuint();
  const auto expected = reference_varuint(bytes);
  if (!expected) {
    if (reader.ok() || value != 0) BOOST_ERROR("accepted " << hex_of(bytes));
    return;
  }
  if (!reader.ok() || value != expected->value || reader.canonical() != expected->shortest ||
      reader.remaining() != bytes.size() - expected->size) {
    BOOST_ERROR("misread " << hex_of(bytes));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_DATA_TEST_CASE(varints_have_their_shortest_form, data::make(kVarints), varint) {
  ByteWriter out;
  out.put_varuint(varint.value);
  BOOST_TEST(hex_of(out.view()) == hex_of(bytes_of_hex(varint.bytes)));
  BOOST_TEST(out.size() == varuint_size(varint.value));
}

BOOST_DATA_TEST_CASE(varints_are_read_back, data::make(kVarints), varint) {
  const std::string bytes = bytes_of_hex(varint.bytes) + "x";
  ByteReader in(bytes);
  BOOST_TEST(in.varuint() == varint.value);
  BOOST_TEST(in.ok());
  BOOST_TEST(in.canonical());
  BOOST_TEST(in.rest() == "x");
}

BOOST_DATA_TEST_CASE(every_prefix_of_a_varint_is_cut_short, data::make(kVarints), varint) {
  const std::string bytes = bytes_of_hex(varint.bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in({bytes.data(), size});
    BOOST_TEST(in.varuint() == 0U);
    BOOST_TEST(!in.ok());
  }
}

BOOST_AUTO_TEST_CASE(the_largest_value_of_all_fits_into_the_room_for_a_varint) {
  ByteWriter out;
  out.put_varuint(UINT64_MAX);
  BOOST_TEST(out.size() == kMaxVarUintSize);
  BOOST_TEST(varuint_size(UINT64_MAX) == kMaxVarUintSize);
}

BOOST_AUTO_TEST_CASE(a_longer_form_is_read_and_noticed) {
  for (const char* form : {"80 00", "85 00", "85 80 80 00", "ff ff ff ff ff ff ff 8f 00",
                           "80 80 80 80 80 80 80 80 80 00"}) {
    const std::string bytes = bytes_of_hex(form);
    ByteReader in(bytes);
    static_cast<void>(in.varuint());
    BOOST_TEST(in.ok(), form);
    BOOST_TEST(!in.canonical(), form);
  }
}

BOOST_AUTO_TEST_CASE(a_longer_form_stays_noticed) {
  const std::string bytes = bytes_of_hex("80 00 05");
  ByteReader in(bytes);
  static_cast<void>(in.varuint());
  BOOST_TEST(in.varuint() == 5U);
  BOOST_TEST(!in.canonical());
}

BOOST_AUTO_TEST_CASE(values_that_javascript_cannot_hold_are_refused) {
  for (const char* form :
       {"80 80 80 80 80 80 80 10",              // 2^53
        "ff ff ff ff ff ff ff 1f",              // 2^54 - 1
        "80 80 80 80 80 80 80 40",              // 2^55
        "80 80 80 80 80 80 80 90 00",           // 2^53, longer than need be
        "80 80 80 80 80 80 80 80 01",           // 2^56
        "80 80 80 80 80 80 80 80 80 01",        // 2^63
        "80 80 80 80 80 80 80 80 80 02",        // 2^64
        "80 80 80 80 80 80 80 80 80 80 00"}) {  // zero, but too long to believe
    const std::string bytes = bytes_of_hex(form);
    ByteReader in(bytes);
    BOOST_TEST(in.varuint() == 0U, form);
    BOOST_TEST(!in.ok(), form);
  }
}

BOOST_AUTO_TEST_CASE(all_short_inputs_are_read_like_the_definition) {
  std::string bytes;
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      bytes = {static_cast<char>(a), static_cast<char>(b), '\x80', '\x03'};
      check_like_reference(bytes);
      check_like_reference(bytes.substr(0, 2));
    }
  }
}

BOOST_AUTO_TEST_CASE(long_inputs_are_read_like_the_definition) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 200'000; ++i) {
    std::string bytes;
    const std::size_t size = random.below(13);
    for (std::size_t j = 0; j < size; ++j) {
      const auto continued = static_cast<std::uint8_t>(random.one_in(8) ? 0 : 0x80);
      const auto bits = static_cast<std::uint8_t>(
          random.one_in(2) ? random.below(128) : std::size_t{1} << random.below(7));
      bytes.push_back(static_cast<char>(continued | (random.one_in(3) ? 0 : bits)));
    }
    check_like_reference(bytes);
  }
}

BOOST_AUTO_TEST_CASE(the_first_mistake_is_sticky) {
  const std::string bytes = bytes_of_hex("03 61 62");
  ByteReader in(bytes);
  BOOST_TEST(in.varbytes().empty());
  BOOST_TEST(!in.ok());
  BOOST_TEST(in.byte() == 0U);
  BOOST_TEST(in.varuint() == 0U);
  BOOST_TEST(in.bytes(1).empty());
  BOOST_TEST(in.remaining() == 0U);
  BOOST_TEST(!in.ok());
}

BOOST_AUTO_TEST_CASE(a_reader_can_be_failed_by_its_user) {
  ByteReader in("abc");
  in.mark_failed();
  BOOST_TEST(!in.ok());
  BOOST_TEST(in.at_end());
  BOOST_TEST(in.byte() == 0U);
}

BOOST_AUTO_TEST_CASE(bytes_are_views_into_what_is_read) {
  const std::string bytes = "abcdef";
  ByteReader in(bytes);
  const std::string_view first = in.bytes(2);
  BOOST_TEST(first == "ab");
  BOOST_TEST((first.data() == bytes.data()));
  BOOST_TEST(in.bytes(0).empty());
  BOOST_TEST(in.byte() == 'c');
  BOOST_TEST(in.bytes(3) == "def");
  BOOST_TEST(in.at_end());
  BOOST_TEST(in.bytes(0).empty());
  BOOST_TEST(in.ok());
}

BOOST_AUTO_TEST_CASE(a_claimed_length_is_held_against_what_is_there) {
  const std::string bytes = bytes_of_hex("ff ff ff ff ff ff ff 0f 61");
  ByteReader in(bytes);
  BOOST_TEST(in.varbytes().empty());
  BOOST_TEST(!in.ok());
}

BOOST_AUTO_TEST_CASE(nothing_is_read_from_nothing) {
  ByteReader in(std::string_view{});
  BOOST_TEST(in.at_end());
  BOOST_TEST(in.ok());
  BOOST_TEST(in.bytes(0).empty());
  BOOST_TEST(in.ok());
  BOOST_TEST(in.byte() == 0U);
  BOOST_TEST(!in.ok());
}

BOOST_AUTO_TEST_CASE(lengths_go_in_front_of_bytes) {
  ByteWriter out;
  out.put_varbytes("abc");
  out.put_varbytes("");
  BOOST_TEST(out.view() == std::string_view("\x03"
                                            "abc\0",
                                            5));
}

BOOST_AUTO_TEST_CASE(clearing_keeps_the_memory) {
  ByteWriter out;
  out.put_bytes(std::string(1000, 'x'));
  const char* before = out.view().data();
  out.clear();
  BOOST_TEST(out.size() == 0U);
  out.put_bytes(std::string(1000, 'y'));
  BOOST_TEST((out.view().data() == before));
  BOOST_TEST(out.str() == std::string(1000, 'y'));
}

BOOST_AUTO_TEST_CASE(a_length_can_be_put_in_front_afterwards) {
  ByteWriter out;
  out.put_bytes("head");
  const std::size_t begin = out.size();
  out.put_bytes(std::string(200, 'b'));
  out.insert_varuint(begin, out.size() - begin);
  BOOST_TEST(out.view() == "head\xC8\x01" + std::string(200, 'b'));
}

BOOST_AUTO_TEST_CASE(a_gap_may_open_at_either_end) {
  ByteWriter out;
  std::memcpy(out.open_gap(0, 2), "bc", 2);
  std::memcpy(out.open_gap(2, 1), "d", 1);
  std::memcpy(out.open_gap(0, 1), "a", 1);
  static_cast<void>(out.open_gap(4, 0));
  BOOST_TEST(out.view() == "abcd");
}

BOOST_AUTO_TEST_CASE(truncating_forgets_the_end) {
  ByteWriter out;
  out.put_bytes("abcdef");
  out.truncate(2);
  out.put_byte('x');
  BOOST_TEST(out.view() == "abx");
}

BOOST_AUTO_TEST_CASE(inner_loops_write_into_room_that_they_asked_for) {
  ByteWriter out;
  out.put_bytes("a");
  char* at = out.room(2 * kMaxVarUintSize);
  at = put_varuint_at(at, 300);
  at = put_varuint_at(at, 7);
  out.commit(at);
  BOOST_TEST(hex_of(out.view()) == "61ac0207");
}

BOOST_AUTO_TEST_CASE(what_was_written_survives_growth) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  ByteWriter out;
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    switch (random.below(4)) {
      case 0:
        out.put_byte(static_cast<std::uint8_t>(i));
        expected.push_back(static_cast<char>(i));
        break;
      case 1: {
        const std::string text(random.below(100), static_cast<char>('a' + i % 26));
        out.put_bytes(text);
        expected += text;
        break;
      }
      case 2:
        out.ensure(2);
        out.put_byte_unchecked('u');
        out.put_byte_unchecked('v');
        expected += "uv";
        break;
      default: {
        const std::size_t at = random.below(out.size() + 1);
        *out.open_gap(at, 1) = '#';
        expected.insert(at, 1, '#');
        break;
      }
    }
  }
  BOOST_TEST((out.view() == expected));
}

BOOST_AUTO_TEST_CASE(writers_and_readers_agree) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = random.bits() >> (11 + random.below(53));
    ByteWriter out;
    out.put_varuint(value);
    ByteReader in(out.view());
    BOOST_TEST_REQUIRE(in.varuint() == value);
    BOOST_TEST_REQUIRE((in.ok() && in.at_end() && in.canonical()));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
