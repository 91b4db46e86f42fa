#include "protocol/base/hex.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait {

BOOST_AUTO_TEST_SUITE(hex)

BOOST_AUTO_TEST_CASE(all_bytes_come_back) {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
  const std::string digits = hex_of(bytes);
  BOOST_TEST(digits.substr(0, 8) == "00010203");
  BOOST_TEST(digits.substr(digits.size() - 8) == "fcfdfeff");
  BOOST_TEST((parse_hex(digits) == bytes));
  BOOST_TEST(parse_hex("").value().empty());
}

BOOST_AUTO_TEST_CASE(nothing_else_is_read) {
  for (const char* digits : {"0", "abc", "AB", "0x", "0g", " 00", "0 0", "00\n", "\xC3\xA9"}) {
    BOOST_TEST(!parse_hex(digits).has_value(), digits);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
