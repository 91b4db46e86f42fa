#include "daemon/crdt/encode.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/hex.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::hex_of;

/// Client 1 with a text.
class Fixture {
 public:
  Document document{{.client = ClientId{1}}};
  const TypeRef text = document.text("content");

  void type(std::uint32_t at, std::string_view content) {
    BOOST_TEST_REQUIRE(document.insert(text, Utf16Offset{at}, content).has_value());
  }
  void erase(std::uint32_t at, std::uint32_t length) {
    BOOST_TEST_REQUIRE(document.erase(text, Utf16Offset{at}, Utf16Offset{length}).has_value());
  }
  void apply(const UpdateBuilder& update) {
    BOOST_TEST_REQUIRE(document.apply(update.str()).has_value());
  }
  [[nodiscard]] std::string state(const StateVector& known = {}) const {
    return hex_of(document.encode_state(known));
  }
  [[nodiscard]] std::string change() const {
    ByteWriter out;
    return document.encode_change(out) ? hex_of(out.view()) : "nothing";
  }
};

StateVector knows(std::uint64_t client, std::uint32_t clock) {
  return StateVector({{ClientId{client}, Clock(clock)}});
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(encode, Fixture)

BOOST_AUTO_TEST_CASE(an_empty_document_is_two_zeros) {
  BOOST_TEST(state() == "0000");
  BOOST_TEST(hex_of(document.state_vector().encode()) == "00");
  BOOST_TEST(hex_of(document.snapshot().encode()) == "0000");
  BOOST_TEST(change() == "nothing");
}

// const a = new Y.Doc(); a.clientID = 1; const t = a.getText('content')
// a.on('update', u => sent.push(u))
// t.insert(0, 'a'); t.insert(1, '😀'); t.insert(3, 'bc'); t.delete(0, 1)
BOOST_AUTO_TEST_CASE(each_change_is_an_update) {
  type(0, "a");
  BOOST_TEST(change() == "01010100040107636f6e74656e74016100");
  type(1, "\xF0\x9F\x98\x80");
  BOOST_TEST(change() == "0101010184010004f09f988000");
  type(3, "bc");
  BOOST_TEST(change() == "0101010384010202626300");
  erase(0, 1);
  BOOST_TEST(change() == "000101010001");
}

// … Y.encodeStateAsUpdate(a), Y.encodeStateVector(a)
BOOST_AUTO_TEST_CASE(what_was_typed_in_a_row_is_one_struct) {
  type(0, "a");
  type(1, "\xF0\x9F\x98\x80");
  type(3, "bc");
  erase(0, 1);
  BOOST_TEST(state() == hex_of(UpdateBuilder()
                                   .by(1, 0)
                                   .deleted(1)
                                   .more("\xF0\x9F\x98\x80"
                                         "bc")
                                   .erases(1, 0, 1)
                                   .str()));
  BOOST_TEST(hex_of(document.state_vector().encode()) == "010105");
}

BOOST_AUTO_TEST_CASE(a_change_that_changed_nothing_is_no_update) {
  type(0, "a");
  erase(0, 0);
  BOOST_TEST(change() == "nothing");
  type(0, "");
  BOOST_TEST(change() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_change_holds_what_a_transaction_added_and_deleted) {
  type(0, "abc");
  BOOST_TEST_REQUIRE(
      document
          .transact(0,
                    [&](Document::Editor& edit) -> Result<void> {
                      if (auto ok = edit.erase(text, Utf16Offset{0}, Utf16Offset{1}); !ok) {
                        return ok;
                      }
                      return edit.insert(text, Utf16Offset{2}, "d");
                    })
          .has_value());
  BOOST_TEST(change() == hex_of(UpdateBuilder().by(1, 3).more("d").erases(1, 0, 1).str()));
}

BOOST_AUTO_TEST_CASE(a_peer_gets_what_it_lacks_and_all_deletions) {
  type(0, "hello");
  erase(0, 1);
  const UpdateBuilder rest = UpdateBuilder().by(1, 3).more("lo").erases(1, 0, 1);
  BOOST_TEST(state(knows(1, 3)) == hex_of(rest.str()));
  BOOST_TEST(state(knows(1, 5)) == hex_of(UpdateBuilder().erases(1, 0, 1).str()));
  BOOST_TEST(state(knows(1, 500)) == hex_of(UpdateBuilder().erases(1, 0, 1).str()));
  BOOST_TEST(state(knows(2, 9)) == state());
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_half_a_pair_gets_a_torn_rest) {
  type(0, "a\xF0\x9F\x98\x80z");
  BOOST_TEST(state(knows(1, 2)) ==
             hex_of(UpdateBuilder().by(1, 2).more("\xEF\xBF\xBDz").str()));
  // The document itself is as it was.
  BOOST_TEST(document.to_string(text) == "a\xF0\x9F\x98\x80z");
}

BOOST_AUTO_TEST_CASE(clients_come_in_descending_order) {
  apply(UpdateBuilder().by(3, 0).text("c"));
  apply(UpdateBuilder().by(900, 0).text("d"));
  apply(UpdateBuilder().by(2, 0).text("b"));
  type(0, "a");
  std::string order;
  const std::string all = document.encode_state();
  DecodedUpdate decoded;
  BOOST_TEST_REQUIRE(decode_update(all, decoded).has_value());
  for (const DecodedSection& section : decoded.sections) {
    order += std::to_string(number(section.client)) + " ";
  }
  BOOST_TEST(order == "900 3 2 1 ");
  BOOST_TEST(decoded.canonical);
}

BOOST_AUTO_TEST_CASE(every_kind_of_content_comes_out_as_it_went_in) {
  const UpdateBuilder update =
      UpdateBuilder()
          .by(5, 0)
          .text("text")
          .add(ContentKind::Embed, 1, R"({"image":1})", {.left = id(5, 3)})
          .add(ContentKind::Format, 1,
               std::string_view("\x01"
                                "b\x04true"),
               {.left = id(5, 4)})
          .add(ContentKind::Binary, 1, std::string_view("\x00\xFF", 2), {.root = "list"})
          .add(ContentKind::Json, 2,
               std::string_view("\x01"
                                "1\x04null"),
               {.left = id(5, 6)})
          .add(ContentKind::Any, 3, "xy\x7D\x05", {.left = id(5, 8)})
          .add(ContentKind::Type, 1, "\x03\x01p", {.root = "list", .key = "k"})
          .add(ContentKind::Doc, 1, std::string_view("\x01g\x76\x00", 4),
               {.parent = id(5, 12)});
  apply(update);
  BOOST_TEST(state() == hex_of(update.str()));
}

BOOST_AUTO_TEST_CASE(a_part_is_a_part_and_the_last_one_has_the_deletions) {
  type(0, "abc");
  apply(UpdateBuilder().by(2, 0).text("xyz"));
  erase(0, 1);
  StateVector peer;
  ByteWriter first;
  BOOST_TEST(!document.encode_part(peer, 1, first));
  BOOST_TEST(hex_of(first.view()) == hex_of(UpdateBuilder().by(2, 0).text("xyz").str()));
  BOOST_TEST((peer == knows(2, 3)));
  ByteWriter last;
  BOOST_TEST(document.encode_part(peer, 1000, last));
  BOOST_TEST(hex_of(last.view()) == state(knows(2, 3)));
  BOOST_TEST((peer == document.state_vector()));
}

BOOST_AUTO_TEST_CASE(a_part_that_has_room_for_all_is_the_state) {
  type(0, "abc");
  erase(1, 1);
  StateVector peer;
  ByteWriter all;
  BOOST_TEST(document.encode_part(peer, 1000, all));
  BOOST_TEST(hex_of(all.view()) == state());
}

BOOST_AUTO_TEST_CASE(a_long_text_by_one_client_is_cut) {
  const std::string page(3000, 'x');
  for (int i = 0; i < 100; ++i) type(document.length(text).value(), page);
  Document peer({.client = ClientId{9}});
  StateVector known;
  std::size_t parts = 0;
  for (bool is_last = false; !is_last; ++parts) {
    ByteWriter part;
    is_last = document.encode_part(known, 20'000, part);
    BOOST_TEST(part.size() <= 20'000U);
    BOOST_TEST_REQUIRE(peer.apply(part.view()).has_value());
  }
  BOOST_TEST(parts >= 15U);
  BOOST_TEST(peer.encode_state() == document.encode_state());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
