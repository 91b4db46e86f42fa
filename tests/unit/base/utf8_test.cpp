#include "protocol/base/utf8.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

std::string encode(std::uint32_t c) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80 | (c >> shift & 0x3F));
  };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
}

constexpr bool is_scalar(std::uint32_t c) {
  return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/// Takes UTF-8 apart as slowly and obviously as possible: bits by pattern, then every rule by
/// name.
std::optional<std::vector<std::uint32_t>> decode(std::string_view bytes) {
  std::vector<std::uint32_t> characters;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto byte_at = [&](std::size_t at) {
      return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint8_t{0};
    };
    const std::uint8_t lead = byte_at(i);
    std::size_t size = 0;
    if (lead < 0x80) size = 1;
    if (lead >> 5 == 0b110) size = 2;
    if (lead >> 4 == 0b1110) size = 3;
    if (lead >> 3 == 0b11110) size = 4;
    if (size == 0) return std::nullopt;
    std::uint32_t c = size == 1 ? lead : lead & ((1U << (7 - size)) - 1);
    for (std::size_t j = 1; j < size; ++j) {
      if (byte_at(i + j) >> 6 != 0b10) return std::nullopt;
      c = c << 6 | (byte_at(i + j) & 0x3FU);
    }
    if (!is_scalar(c) || encode(c).size() != size) return std::nullopt;
    characters.push_back(c);
    i += size;
  }
  return characters;
}

TextSize size_of(const std::vector<std::uint32_t>& characters) {
  TextSize size;
  for (const std::uint32_t c : characters) {
    size += TextSize{Utf16Offset{c > 0xFFFF ? 2U : 1U},
                     Utf8Offset{static_cast<std::uint32_t>(encode(c).size())},
                     CodePointOffset{1}, LineNumber{c == '\n' ? 1U : 0U}};
  }
  return size;
}

/// One test macro per input would take longer than the test.
void check_like_reference(const std::string& bytes) {
  const auto characters = decode(bytes);
  const auto size = measure_checked(bytes);
  bool right = is_valid_utf8(bytes) == characters.has_value() &&
               size.has_value() == characters.has_value();
  if (right && characters) right = *size == size_of(*characters) && measure(bytes) == *size;
  if (!right) BOOST_ERROR("misjudged " << hex_of(bytes));
}

std::string random_text(SeededRandom& random, std::size_t characters) {
  static const std::vector<std::string> kAlphabet = {
      "a",      "b",          " ",          "\n",         "\r\n",
      "\u00e9", "\u07ff",     "\u0800",     "\u20ac",     "\ud7ff",
      "\uffff", "\U00010000", "\U0001f600", "\U0010ffff", "longer ascii text"};
  std::string text;
  for (std::size_t i = 0; i < characters; ++i) text += random.pick(kAlphabet);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(every_character_is_valid_and_measured) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (!is_scalar(c)) continue;
    const std::string bytes = encode(c);
    const auto size = measure_checked(bytes);
    const bool right = size && *size == size_of({c}) && measure(bytes) == *size;
    if (!right) BOOST_ERROR("misjudged " << hex_of(bytes));
  }
}

BOOST_AUTO_TEST_CASE(the_edges_of_what_is_allowed) {
  for (const char* good : {"00", "7f", "c2 80", "df bf", "e0 a0 80", "ed 9f bf", "ee 80 80",
                           "ef bf bf", "f0 90 80 80", "f4 8f bf bf", "ef bb bf"}) {
    BOOST_TEST(is_valid_utf8(bytes_of_hex(good)), good);
  }
  for (const char* bad : {"80",           // a continuation of nothing
                          "c0 80",        // overlong
                          "c1 bf",        // overlong
                          "c2",           // cut short
                          "c2 41",        // not continued
                          "e0 9f bf",     // overlong
                          "e0 a0",        // cut short
                          "ed a0 80",     // a surrogate
                          "ed bf bf",     // a surrogate
                          "f0 8f bf bf",  // overlong
                          "f0 90 80",     // cut short
                          "f4 90 80 80",  // past the last character
                          "f5 80 80 80", "f8 88 80 80 80", "ff"}) {
    BOOST_TEST(!is_valid_utf8(bytes_of_hex(bad)), bad);
  }
}

BOOST_AUTO_TEST_CASE(all_sequences_of_up_to_three_bytes_are_judged_like_the_definition) {
  std::string bytes(3, '\0');
  for (unsigned a = 0; a < 256; ++a) {
    check_like_reference({static_cast<char>(a)});
    for (unsigned b = 0; b < 256; ++b) {
      check_like_reference({static_cast<char>(a), static_cast<char>(b)});
      if (a < 0xE0) continue;
      for (unsigned c = 0; c < 256; ++c) {
        bytes = {static_cast<char>(a), static_cast<char>(b), static_cast<char>(c)};
        check_like_reference(bytes);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(sequences_of_four_bytes_are_judged_like_the_definition) {
  constexpr unsigned kEdges[] = {0x00, 0x41, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0x9F,
                                 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xFF};
  for (unsigned a = 0xE8; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      for (const unsigned c : kEdges) {
        for (const unsigned d : kEdges) {
          check_like_reference({static_cast<char>(a), static_cast<char>(b),
                                static_cast<char>(c), static_cast<char>(d)});
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mistake_is_found_wherever_it_stands) {
  // Long runs of ASCII are skipped in words of eight bytes.
  for (std::size_t size = 0; size < 40; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = '\x80';
      BOOST_TEST_REQUIRE(!is_valid_utf8(text));
      text.replace(at, 1, "\u00e9");
      BOOST_TEST_REQUIRE(is_valid_utf8(text));
      BOOST_TEST_REQUIRE(measure(text).utf16.value() == size);
    }
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_valid_and_has_no_size) {
  BOOST_TEST(is_valid_utf8(""));
  BOOST_TEST((measure("") == TextSize{}));
  BOOST_TEST((measure_checked("") == TextSize{}));
  BOOST_TEST(bytes_of_utf16_prefix("", 5) == 0U);
  BOOST_TEST(bytes_of_code_point_prefix("", 5) == 0U);
  BOOST_TEST(bytes_through_newline("", 1) == 0U);
}

BOOST_AUTO_TEST_CASE(random_text_is_measured_and_cut_like_the_definition) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 300; ++i) {
    const std::string text = random_text(random, random.below(40));
    const auto characters = *decode(text);
    BOOST_TEST_REQUIRE((measure(text) == size_of(characters)));
    BOOST_TEST_REQUIRE((measure_checked(text) == size_of(characters)));

    // Walk along with all prefixes at once.
    std::size_t bytes = 0;
    std::size_t units = 0;
    std::size_t count = 0;
    for (const std::uint32_t c : characters) {
      bool inside = true;
      BOOST_TEST_REQUIRE(bytes_of_utf16_prefix(text, units, &inside) == bytes);
      BOOST_TEST_REQUIRE(!inside);
      BOOST_TEST_REQUIRE(bytes_of_utf16_prefix(text, units) == bytes);
      BOOST_TEST_REQUIRE(bytes_of_code_point_prefix(text, count) == bytes);
      if (c > 0xFFFF) {
        BOOST_TEST_REQUIRE(bytes_of_utf16_prefix(text, units + 1, &inside) == bytes);
        BOOST_TEST_REQUIRE(inside);
        BOOST_TEST_REQUIRE(bytes_of_utf16_prefix(text, units + 1) == bytes);
      }
      bytes += encode(c).size();
      units += c > 0xFFFF ? 2 : 1;
      ++count;
    }
    for (const std::size_t past : {std::size_t{0}, std::size_t{1}, std::size_t{100}}) {
      bool inside = true;
      BOOST_TEST_REQUIRE(bytes_of_utf16_prefix(text, units + past, &inside) == text.size());
      BOOST_TEST_REQUIRE(!inside);
      BOOST_TEST_REQUIRE(bytes_of_code_point_prefix(text, count + past) == text.size());
    }
  }
}

BOOST_AUTO_TEST_CASE(lines_end_behind_their_newline) {
  const std::string text = "a\n\n\u00e9\nrest";
  BOOST_TEST(bytes_through_newline(text, 0) == 0U);
  BOOST_TEST(bytes_through_newline(text, 1) == 2U);
  BOOST_TEST(bytes_through_newline(text, 2) == 3U);
  BOOST_TEST(bytes_through_newline(text, 3) == 6U);
  BOOST_TEST(bytes_through_newline(text, 4) == text.size());
  BOOST_TEST(bytes_through_newline("\n", 1) == 1U);
  BOOST_TEST(bytes_through_newline("\n", 2) == 1U);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_judged_like_the_definition) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int i = 0; i < 100'000; ++i) {
    std::string text = random_text(random, random.below(6));
    for (std::size_t mistakes = random.below(3); mistakes > 0 && !text.empty(); --mistakes) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    }
    check_like_reference(text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
