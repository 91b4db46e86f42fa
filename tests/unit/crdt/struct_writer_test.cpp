#include "daemon/crdt/struct_writer.h"

#include <string>
#include <string_view>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;

Id id(std::uint64_t client, std::uint32_t clock) { return {ClientId{client}, Clock(clock)}; }

StructToWrite of_kind(ContentKind kind, std::uint32_t length, std::string_view content = {}) {
  StructToWrite s;
  s.kind = kind;
  s.id = id(7, 100);
  s.length = length;
  s.content = content;
  return s;
}

/// A struct that follows its own client's unit 99, as most do.
StructToWrite after_another(ContentKind kind, std::uint32_t length,
                            std::string_view content = {}) {
  StructToWrite s = of_kind(kind, length, content);
  s.origin = id(7, 99);
  return s;
}

std::string written(const StructToWrite& s, std::uint32_t offset = 0) {
  ByteWriter out;
  write_struct(out, s, offset);
  return hex_of(out.view());
}

std::string spaced(std::string_view digits) { return hex_of(bytes_of_hex(digits)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(struct_writer)

BOOST_AUTO_TEST_CASE(ranges_without_content_are_a_length) {
  BOOST_TEST(written(of_kind(ContentKind::Gc, 300)) == spaced("00 ac02"));
  BOOST_TEST(written(of_kind(ContentKind::Skip, 5)) == spaced("0a 05"));
  BOOST_TEST(written(of_kind(ContentKind::Gc, 300), 1) == spaced("00 ab02"));
}

BOOST_AUTO_TEST_CASE(origins_stand_in_for_the_parent) {
  StructToWrite s = of_kind(ContentKind::Deleted, 4);
  s.root = "r";
  BOOST_TEST(written(s) == spaced("01 01 0172 04"));
  s.origin = id(1, 2);
  BOOST_TEST(written(s) == spaced("81 01 02 04"));
  s.right_origin = id(300, 4);
  BOOST_TEST(written(s) == spaced("c1 01 02 ac02 04 04"));
  s.origin.reset();
  BOOST_TEST(written(s) == spaced("41 ac02 04 04"));
}

BOOST_AUTO_TEST_CASE(a_parent_is_a_root_or_an_item) {
  StructToWrite s = of_kind(ContentKind::Deleted, 1);
  s.root = "";
  BOOST_TEST(written(s) == spaced("01 01 00 01"));
  s.root.reset();
  s.parent = id(9, 8);
  BOOST_TEST(written(s) == spaced("01 00 09 08 01"));
}

BOOST_AUTO_TEST_CASE(a_key_is_flagged_always_and_named_with_the_parent) {
  StructToWrite s = of_kind(ContentKind::Deleted, 1);
  s.root = "r";
  s.has_key = true;
  s.key = "key";
  BOOST_TEST(written(s) == spaced("21 01 0172 036b6579 01"));
  s.right_origin = id(1, 2);
  BOOST_TEST(written(s) == spaced("61 01 02 01"));
}

BOOST_AUTO_TEST_CASE(content_is_written_by_kind) {
  BOOST_TEST(written(after_another(ContentKind::Deleted, 3)) == spaced("81 07 63 03"));
  BOOST_TEST(written(after_another(ContentKind::Json, 2,
                                   "\x01"
                                   "1"
                                   "\x04"
                                   "null")) == spaced("82 07 63 02 0131 046e756c6c"));
  BOOST_TEST(written(after_another(ContentKind::Binary, 1, "\xFF\xFE")) ==
             spaced("83 07 63 02 fffe"));
  BOOST_TEST(written(after_another(ContentKind::String, 2, "\u00e9x")) ==
             spaced("84 07 63 03 c3a978"));
  BOOST_TEST(written(after_another(ContentKind::Embed, 1, "{}")) == spaced("85 07 63 02 7b7d"));
  BOOST_TEST(written(after_another(ContentKind::Format, 1,
                                   "\x01"
                                   "b"
                                   "\x01"
                                   "1")) == spaced("86 07 63 0162 0131"));
  BOOST_TEST(written(after_another(ContentKind::Type, 1, "\x02")) == spaced("87 07 63 02"));
  BOOST_TEST(written(after_another(ContentKind::Any, 3, "\x7E\x7F\x78")) ==
             spaced("88 07 63 03 7e7f78"));
  BOOST_TEST(written(after_another(ContentKind::Doc, 1,
                                   "\x01"
                                   "gv")) == spaced("89 07 63 0167 76"));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_struct_follows_its_own_beginning) {
  StructToWrite s = of_kind(ContentKind::String, 5, "hello");
  s.root = "r";
  s.has_key = true;
  s.key = "k";
  s.right_origin = id(1, 2);
  BOOST_TEST(written(s, 2) == spaced("e4 07 65 01 02 03 6c6c6f"));
  s.right_origin.reset();
  BOOST_TEST(written(s, 4) == spaced("a4 07 67 01 6f"));
  BOOST_TEST(written(after_another(ContentKind::Deleted, 9), 4) == spaced("81 07 67 05"));
}

BOOST_AUTO_TEST_CASE(elements_are_left_out_one_by_one) {
  const std::string values = bytes_of_hex("7e 7502 7e7d01 7d8001 7f");
  BOOST_TEST(written(after_another(ContentKind::Any, 4, values), 1) ==
             spaced("88 07 64 03 7502 7e7d01 7d8001 7f"));
  BOOST_TEST(written(after_another(ContentKind::Any, 4, values), 3) ==
             spaced("88 07 66 01 7f"));
  const std::string texts = bytes_of_hex("0131 046e756c6c 0132");
  BOOST_TEST(written(after_another(ContentKind::Json, 3, texts), 2) ==
             spaced("82 07 65 01 0132"));
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_pair_becomes_the_replacement_character) {
  const std::string text = "a\U0001f600b";
  BOOST_TEST(written(after_another(ContentKind::String, 4, text), 1) ==
             spaced("84 07 64 05 f09f9880 62"));
  BOOST_TEST(written(after_another(ContentKind::String, 4, text), 2) ==
             spaced("84 07 65 04 efbfbd 62"));
  BOOST_TEST(written(after_another(ContentKind::String, 4, text), 3) ==
             spaced("84 07 66 01 62"));
  BOOST_TEST(written(after_another(ContentKind::String, 2, "\U0001f600"), 1) ==
             spaced("84 07 64 03 efbfbd"));
}

BOOST_AUTO_TEST_CASE(the_head_can_be_written_alone) {
  StructToWrite s = of_kind(ContentKind::String, 5);
  s.root = std::string_view("some root");
  s.has_key = true;
  s.key = "some key";
  ByteWriter out;
  out.commit(write_item_head(out.room(item_head_room(s)), s));
  BOOST_TEST(hex_of(out.view()) == spaced("24 01 09 736f6d6520726f6f74 08 736f6d65206b6579"));
}

BOOST_AUTO_TEST_CASE(the_largest_head_fits_into_its_room) {
  StructToWrite s = of_kind(ContentKind::String, UINT32_MAX);
  s.origin = Id{ClientId{UINT64_MAX}, Clock(UINT32_MAX)};
  s.right_origin = s.origin;
  s.has_key = true;
  ByteWriter out;
  const char* begin = out.room(item_head_room(s));
  const char* end = write_item_head(out.room(item_head_room(s)), s);
  BOOST_TEST(static_cast<std::size_t>(end - begin) <= item_head_room(s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
