#include "daemon/crdt/any_value.h"

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

/// Writes down what it is told, a word for each part.
class Notes final : public AnyVisitor {
 public:
  std::string text;

  void undefined() override { text += "undefined "; }
  void null() override { text += "null "; }
  void boolean(bool value) override { text += value ? "true " : "false "; }
  void number(double value) override { text += std::to_string(value) + " "; }
  void big_integer(std::int64_t value) override { text += std::to_string(value) + "n "; }
  void string(std::string_view value) override { text.append("'").append(value).append("' "); }
  void binary(std::string_view value) override { text += "<" + hex_of(value) + "> "; }
  void begin_array() override { text += "[ "; }
  void end_array() override { text += "] "; }
  void begin_object() override { text += "{ "; }
  void key(std::string_view name) override { text.append(name).append(": "); }
  void end_object() override { text += "} "; }
};

std::string notes_on(std::string_view digits) {
  const std::string bytes = bytes_of_hex(digits);
  ByteReader reader(bytes);
  Notes notes;
  const bool valid = walk_any(reader, notes);
  return notes.text + (valid ? std::to_string(reader.remaining()) : "invalid");
}

template <class Put, class Value>
std::string put(Put function, Value value) {
  ByteWriter out;
  function(out, value);
  return hex_of(out.view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(any_value)

BOOST_AUTO_TEST_CASE(a_visitor_is_told_everything_in_order) {
  BOOST_TEST(notes_on("7f") == "undefined 0");
  BOOST_TEST(notes_on("7e 00") == "null 1");
  BOOST_TEST(notes_on("75 03 78 79 7d c1 01") == "[ true false -65.000000 ] 0");
  BOOST_TEST(notes_on("76 02 01 61 75 00 01 62 76 01 00 77 01 78") ==
             "{ a: [ ] b: { : 'x' } } 0");
  BOOST_TEST(notes_on("74 02 00 ff") == "<00ff> 0");
  BOOST_TEST(notes_on("7a ff ff ff ff ff ff ff fe") == "-2n 0");
  BOOST_TEST(notes_on("7c 3f c0 00 00") == "1.500000 0");
  BOOST_TEST(notes_on("7b 3f d0 00 00 00 00 00 00") == "0.250000 0");
}

BOOST_AUTO_TEST_CASE(a_walk_ends_where_the_bytes_are_wrong) {
  BOOST_TEST(notes_on("75 02 7e 00") == "[ null invalid");
  BOOST_TEST(notes_on("75 02 7e") == "invalid");
  BOOST_TEST(notes_on("") == "invalid");
}

BOOST_AUTO_TEST_CASE(values_are_written_as_lib0_writes_them) {
  ByteWriter out;
  put_any_null(out);
  put_any_bool(out, /*value=*/true);
  put_any_bool(out, /*value=*/false);
  put_any_string(out, "h\u00e9");
  put_any_big_integer(out, -2);
  BOOST_TEST(hex_of(out.view()) ==
             "7e78797703"
             "68c3a9"
             "7afffffffffffffffe");
}

BOOST_AUTO_TEST_CASE(integers_are_integers_up_to_31_bits) {
  BOOST_TEST(put(put_any_integer, 0) == "7d00");
  BOOST_TEST(put(put_any_integer, 63) == "7d3f");
  BOOST_TEST(put(put_any_integer, -1) == "7d41");
  BOOST_TEST(put(put_any_integer, 64) == "7d8001");
  BOOST_TEST(put(put_any_integer, 8191) == "7dbf7f");
  BOOST_TEST(put(put_any_integer, 8192) == "7d808001");
  BOOST_TEST(put(put_any_integer, 2147483647) == "7dbfffffff0f");
  BOOST_TEST(put(put_any_integer, -2147483647) == "7dffffffff0f");
  BOOST_TEST(put(put_any_integer, -2147483648LL) == "7ccf000000");
  BOOST_TEST(put(put_any_integer, 2147483649LL) == "7b41e0000000200000");
  BOOST_TEST(put(put_any_integer, static_cast<std::int64_t>(kMaxVarUint)) ==
             "7b433fffffffffffff");
}

BOOST_AUTO_TEST_CASE(doubles_take_the_shortest_form_that_holds_them) {
  BOOST_TEST(put(put_any_double, 3.0) == "7d03");
  BOOST_TEST(put(put_any_double, -0.0) == "7d40");
  BOOST_TEST(put(put_any_double, 0.5) == "7c3f000000");
  BOOST_TEST(put(put_any_double, 0.1) == "7b3fb999999999999a");
  BOOST_TEST(put(put_any_double, 1e300) == "7b7e37e43c8800759c");
  BOOST_TEST(put(put_any_double, static_cast<double>(std::numeric_limits<float>::max())) ==
             "7c7f7fffff");
  BOOST_TEST(put(put_any_double, 3.5e38) == "7b47f074f8c4d3cd7b");
  BOOST_TEST(put(put_any_double, -HUGE_VAL) == "7cff800000");
  BOOST_TEST(put(put_any_double, std::nan("")) == "7b7ff8000000000000");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_canonical_and_read_back) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  class Last final : public AnyVisitor {
   public:
    double value = 0;
    void undefined() override {}
    void null() override {}
    void boolean(bool) override {}
    void number(double number) override { value = number; }
    void big_integer(std::int64_t) override {}
    void string(std::string_view) override {}
    void binary(std::string_view) override {}
    void begin_array() override {}
    void end_array() override {}
    void begin_object() override {}
    void key(std::string_view) override {}
    void end_object() override {}
  };
  for (int i = 0; i < 50'000; ++i) {
    double value = std::ldexp(static_cast<double>(random.bits() >> (11 + random.below(53))),
                              static_cast<int>(random.below(80)) - 40);
    if (random.one_in(2)) value = -value;
    if (random.one_in(3)) value = std::trunc(value);
    ByteWriter out;
    put_any_double(out, value);
    ByteReader form(out.view());
    BOOST_TEST_REQUIRE((skip_any(form) == AnyForm::Canonical && form.at_end()));
    ByteReader again(out.view());
    Last last;
    BOOST_TEST_REQUIRE(walk_any(again, last));
    BOOST_TEST_REQUIRE(
        (last.value == value && std::signbit(last.value) == std::signbit(value)));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
