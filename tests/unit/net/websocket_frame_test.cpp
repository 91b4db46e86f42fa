#include "daemon/net/websocket_frame.h"

#include <cstdint>
#include <ostream>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::net {
namespace {

using support::bytes_of_hex;
using support::SeededRandom;

namespace data = boost::unit_test::data;

constexpr MaskKey kKey = {'\x37', '\xfa', '\x21', '\x3d'};

struct Length {
  std::size_t length;
  const char* header;  ///< of a binary frame
};
std::ostream& operator<<(std::ostream& out, const Length& length) {
  return out << length.length;
}

// Both sides of each change of form.
const Length kLengths[] = {
    {0, "82 00"},
    {1, "82 01"},
    {125, "82 7d"},
    {126, "82 7e 00 7e"},
    {65535, "82 7e ff ff"},
    {65536, "82 7f 00 00 00 00 00 01 00 00"},
    {1048577, "82 7f 00 00 00 00 00 10 00 01"},
};

struct Bad {
  const char* header;
  const char* why;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.header; }

const Bad kBad[] = {
    {"c1 00", "reserved bit"},
    {"a1 00", "reserved bit"},
    {"91 00", "reserved bit"},
    {"83 00", "opcode"},
    {"87 00", "opcode"},
    {"8b 00", "opcode"},
    {"8f 00", "opcode"},
    {"82 7e 00 7d", "shortest"},
    {"82 7f 00 00 00 00 00 00 ff ff", "shortest"},
    {"82 7f 80 00 00 00 00 00 00 00", "shortest"},
    {"09 00", "control"},
    {"08 00", "control"},
    {"89 7e 00 7e", "control"},
    {"8a 7f 00 00 00 00 00 01 00 00", "control"},
};

BOOST_AUTO_TEST_SUITE(websocket_frame)

BOOST_DATA_TEST_CASE(a_length_is_written_in_its_shortest_form, data::make(kLengths), expected) {
  std::string header;
  append_server_frame_header(header, Opcode::Binary, expected.length);
  BOOST_TEST(header == bytes_of_hex(expected.header));
}

BOOST_DATA_TEST_CASE(a_header_is_read_as_it_was_written, data::make(kLengths), expected) {
  const std::string bytes = bytes_of_hex(expected.header);
  BOOST_TEST(frame_header_size(bytes[1]) == bytes.size());
  const auto header = decode_frame_header(bytes);
  BOOST_TEST_REQUIRE(header.has_value());
  BOOST_TEST((header->opcode == Opcode::Binary));
  BOOST_TEST(header->final);
  BOOST_TEST(header->length == expected.length);
  BOOST_TEST(!header->mask.has_value());
}

BOOST_DATA_TEST_CASE(a_wrong_header_is_refused, data::make(kBad), bad) {
  const auto header = decode_frame_header(bytes_of_hex(bad.header));
  BOOST_TEST_REQUIRE(!header.has_value());
  BOOST_TEST((header.error().code == ErrorCode::Malformed));
  BOOST_TEST(header.error().message.find(bad.why) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_control_frame_of_125_bytes_is_read) {
  BOOST_TEST(decode_frame_header(bytes_of_hex("89 7d")).has_value());
}

// The examples of RFC 6455, section 5.7.
BOOST_AUTO_TEST_CASE(frames_are_those_of_the_specification) {
  BOOST_TEST(server_frame(Opcode::Text, "Hello") == bytes_of_hex("81 05 48 65 6c 6c 6f"));
  BOOST_TEST(server_frame(Opcode::Ping, "Hello") == bytes_of_hex("89 05 48 65 6c 6c 6f"));
  std::string masked;
  append_client_frame(masked, Opcode::Text, "Hello", kKey);
  BOOST_TEST(masked == bytes_of_hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"));
}

BOOST_AUTO_TEST_CASE(a_masks_header_carries_the_key) {
  const auto header = decode_frame_header(bytes_of_hex("81 85 37 fa 21 3d"));
  BOOST_TEST_REQUIRE(header.has_value());
  BOOST_TEST((header->mask == kKey));
  BOOST_TEST(header->length == 5);
}

BOOST_AUTO_TEST_CASE(any_piece_of_a_payload_is_masked_as_if_byte_by_byte) {
  SeededRandom random;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.below(80), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(256));
    const std::size_t offset = random.below(9);
    std::string expected = bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      expected[i] = static_cast<char>(expected[i] ^ kKey[(offset + i) % 4]);
    }
    apply_mask(bytes, kKey, offset);
    BOOST_TEST_REQUIRE(bytes == expected);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
