#include "daemon/crdt/document.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <rapidjson/stringbuffer.h>

#include "daemon/crdt/any_value.h"
#include "tests/support/document_json.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/support/shadow_text.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

using support::hex_of;
using support::SeededRandom;

constexpr std::string_view kSmile = "\xF0\x9F\x98\x80";
constexpr std::string_view kTorn = "\xEF\xBF\xBD";

std::string number_value(std::int64_t value) {
  ByteWriter out;
  put_any_integer(out, value);
  return out.str();
}

class Fixture {
 public:
  Document document{{.client = ClientId{1}}};
  const TypeRef text = document.text("text");
  const TypeRef map = document.map("map");
  const TypeRef list = document.array("list");

  Result<void> insert(std::uint32_t at, std::string_view content) {
    return document.insert(text, Utf16Offset{at}, content);
  }
  Result<void> erase(std::uint32_t at, std::uint32_t length) {
    return document.erase(text, Utf16Offset{at}, Utf16Offset{length});
  }
  template <class Change>
  void change(Change&& body) {
    BOOST_TEST_REQUIRE(
        document.transact(0, [&](Document::Editor& edit) -> Result<void> { return body(edit); })
            .has_value());
    document.check_invariants();
  }
  [[nodiscard]] std::string reads() const { return document.to_string(text); }
  [[nodiscard]] std::string json() const {
    rapidjson::StringBuffer buffer;
    support::JsonWriter out(buffer);
    support::write_json(document, {}, out);
    return buffer.GetString();
  }
};

/// What it hears, in short.
class Listener final : public Document::Observer {
 public:
  explicit Listener(Document& document) : document_(document) { document.add_observer(*this); }
  ~Listener() override { document_.remove_observer(*this); }
  std::string heard;

 private:
  void before_collecting(Document&, Origin origin) override {
    heard += "before " + std::to_string(origin) + ", ";
  }
  void committed(Document& document, Origin origin) override {
    ByteWriter change;
    heard += "after " + std::to_string(origin);
    heard += document.encode_change(change) ? ", " : " nothing, ";
  }
  Document& document_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(document, Fixture)

// Text ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(text_is_inserted_and_deleted_at_utf16_offsets) {
  BOOST_TEST(insert(0, "a" + std::string(kSmile) + "z").has_value());
  BOOST_TEST(insert(3, "\xC3\xA9").has_value());
  BOOST_TEST(reads() == "a" + std::string(kSmile) + "\xC3\xA9z");
  BOOST_TEST(erase(1, 2).has_value());
  BOOST_TEST(reads() == "a\xC3\xA9z");
  BOOST_TEST(document.length(text).value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_place_past_the_end_is_an_error_and_changes_nothing) {
  BOOST_TEST_REQUIRE(insert(0, "text").has_value());
  const std::string before = document.encode_state();
  for (const auto& result :
       {insert(5, "x"), erase(5, 0), erase(0, 5), erase(4, 1), erase(1, UINT32_MAX),
        insert(UINT32_MAX, "x"), erase(UINT32_MAX, UINT32_MAX)}) {
    BOOST_TEST_REQUIRE(!result.has_value());
    BOOST_TEST((result.error().code == ErrorCode::OutOfRange));
  }
  BOOST_TEST(document.encode_state() == before);
}

BOOST_AUTO_TEST_CASE(text_that_is_not_utf8_is_an_error_and_changes_nothing) {
  BOOST_TEST_REQUIRE(insert(0, "text").has_value());
  const std::string before = document.encode_state();
  for (const std::string_view bytes : {"\x80", "\xC3", "a\xED\xA0\x80", "\xC0\x80", "\xF5"}) {
    const auto result = insert(2, bytes);
    BOOST_TEST_REQUIRE(!result.has_value());
    BOOST_TEST((result.error().code == ErrorCode::Malformed));
  }
  BOOST_TEST(document.encode_state() == before);
}

BOOST_AUTO_TEST_CASE(a_place_inside_of_a_pair_tears_it) {
  BOOST_TEST_REQUIRE(insert(0, kSmile).has_value());
  BOOST_TEST(insert(1, "x").has_value());
  BOOST_TEST(reads() == std::string(kTorn) + "x" + std::string(kTorn));
  BOOST_TEST(erase(0, 1).has_value());
  BOOST_TEST(reads() == "x" + std::string(kTorn));
  document.check_invariants();
}

BOOST_AUTO_TEST_CASE(a_text_can_be_read_in_pieces) {
  std::string whole;
  for (int i = 0; i < 3000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    BOOST_TEST_REQUIRE(insert(document.length(text).value(), line).has_value());
    whole += line;
  }
  std::string read;
  std::size_t longest = 0;
  document.for_each_chunk(text, [&](std::string_view chunk) {
    read += chunk;
    longest = std::max(longest, chunk.size());
  });
  BOOST_TEST(read == whole);
  BOOST_TEST(longest < 10'000U);
  BOOST_TEST(document.end_of(text).line().value() == 3000U);
}

BOOST_AUTO_TEST_CASE(a_place_is_the_same_in_every_unit) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  std::string whole;
  for (int i = 0; i < 400; ++i) {
    static constexpr std::array<std::string_view, 6> kPieces = {
        "a", "\n", "word ", "\xC3\xA9", "\xE2\x82\xAC\n", "\xF0\x9F\x98\x80"};
    const std::string_view piece = random.pick(kPieces);
    BOOST_TEST_REQUIRE(insert(document.length(text).value(), piece).has_value());
    whole += piece;
  }
  for (std::size_t byte = 0; byte <= whole.size(); ++byte) {
    const auto at = static_cast<std::uint32_t>(byte);
    const TextPosition found = document.locate(text, Utf8Offset{at});
    const std::size_t start = found.offset.utf8.value();
    BOOST_TEST_REQUIRE(start <= byte);
    BOOST_TEST_REQUIRE(byte - start < 4U);
    BOOST_TEST_REQUIRE((found == support::position_at(whole, start)));
    BOOST_TEST_REQUIRE((document.locate(text, found.offset.utf16) == found));
    BOOST_TEST_REQUIRE((document.locate(text, found.offset.code_points) == found));
    const TextPosition line = document.locate(text, found.line());
    BOOST_TEST_REQUIRE(line.utf8_column.value() == 0U);
    BOOST_TEST_REQUIRE((line.offset.utf8 + found.utf8_column == found.offset.utf8));
  }
}

BOOST_AUTO_TEST_CASE(a_place_past_the_end_is_found_at_the_end) {
  BOOST_TEST_REQUIRE(insert(0, "one\ntwo").has_value());
  const TextPosition end = document.end_of(text);
  BOOST_TEST(end.line().value() == 1U);
  BOOST_TEST(end.utf16_column.value() == 3U);
  BOOST_TEST((document.locate(text, Utf16Offset{100}) == end));
  BOOST_TEST((document.locate(text, Utf8Offset{100}) == end));
  BOOST_TEST((document.locate(text, CodePointOffset{100}) == end));
  BOOST_TEST((document.locate(text, LineNumber{100}) == end));
}

BOOST_AUTO_TEST_CASE(a_place_inside_of_a_character_is_found_at_its_start) {
  BOOST_TEST_REQUIRE(insert(0, "a" + std::string(kSmile) + "z").has_value());
  const TextPosition start = document.locate(text, Utf16Offset{1});
  BOOST_TEST((document.locate(text, Utf16Offset{2}) == start));
  BOOST_TEST((document.locate(text, Utf8Offset{4}) == start));
}

BOOST_AUTO_TEST_CASE(an_object_at_the_start_of_a_line_is_in_that_line) {
  BOOST_TEST_REQUIRE(document
                         .apply(UpdateBuilder()
                                    .by(2, 0)
                                    .text("a\n", {.root = "text"})
                                    .add(ContentKind::Embed, 1, "{}", {.left = id(2, 1)})
                                    .more("b")
                                    .str())
                         .has_value());
  BOOST_TEST(document.locate(text, Utf16Offset{2}).utf16_column.value() == 0U);
  BOOST_TEST(document.locate(text, Utf16Offset{3}).utf16_column.value() == 1U);
  BOOST_TEST(document.locate(text, LineNumber{1}).offset.utf16.value() == 2U);
}

// Maps and arrays -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_map_has_the_value_that_was_set_last) {
  change([&](Document::Editor& edit) { return edit.set(map, "key", number_value(1)); });
  change([&](Document::Editor& edit) { return edit.set(map, "key", number_value(2)); });
  change([&](Document::Editor& edit) { return edit.set(map, "", number_value(3)); });
  BOOST_TEST(json() == R"({"text":"","map":{"key":2,"":3},"list":[]})");
  change([&](Document::Editor& edit) { return edit.unset(map, "key"); });
  BOOST_TEST(json() == R"({"text":"","map":{"":3},"list":[]})");
}

BOOST_AUTO_TEST_CASE(what_is_not_in_a_map_cannot_be_taken_out) {
  const auto result = document.transact(
      0, [&](Document::Editor& edit) -> Result<void> { return edit.unset(map, "key"); });
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(an_array_has_its_values_in_order) {
  change([&](Document::Editor& edit) -> Result<void> {
    for (const std::int64_t value : {3, 2, 1}) {
      if (auto ok = edit.insert_value(list, 0, number_value(value)); !ok) return ok;
    }
    return edit.insert_value(list, 3, number_value(4));
  });
  change(
      [&](Document::Editor& edit) { return edit.erase(list, Utf16Offset{1}, Utf16Offset{2}); });
  BOOST_TEST(json() == R"({"text":"","map":{},"list":[1,4]})");
}

BOOST_AUTO_TEST_CASE(a_place_past_the_end_of_an_array_is_an_error) {
  const auto result = document.transact(0, [&](Document::Editor& edit) -> Result<void> {
    return edit.insert_value(list, 1, number_value(1));
  });
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ErrorCode::OutOfRange));
  const auto typed = document.transact(0, [&](Document::Editor& edit) -> Result<void> {
    auto made = edit.insert_type(list, 1, TypeKind::Text);
    if (!made) return forward_error(made);
    return {};
  });
  BOOST_TEST(!typed.has_value());
}

BOOST_AUTO_TEST_CASE(types_nest) {
  change([&](Document::Editor& edit) -> Result<void> {
    const auto inner = edit.set_type(map, "files", TypeKind::Array);
    if (auto ok = edit.insert_value(*inner, 0, number_value(7)); !ok) return ok;
    const auto file = edit.insert_type(*inner, 1, TypeKind::Map);
    const auto content = edit.set_type(*file, "content", TypeKind::Text);
    return edit.insert(*content, Utf16Offset{0}, "nested");
  });
  BOOST_TEST(json() == R"({"text":"","map":{"files":[7,{"content":"nested"}]},"list":[]})");

  Document copy({.client = ClientId{2}});
  static_cast<void>(copy.map("map"));
  BOOST_TEST_REQUIRE(copy.apply(document.encode_state()).has_value());
  BOOST_TEST(copy.encode_state() == document.encode_state());

  change([&](Document::Editor& edit) { return edit.unset(map, "files"); });
  BOOST_TEST_REQUIRE(copy.apply(document.encode_state()).has_value());
  copy.check_invariants();
  BOOST_TEST(copy.encode_state() == document.encode_state());
}

BOOST_AUTO_TEST_CASE(a_type_is_replaced_with_all_that_is_in_it) {
  for (int i = 0; i < 5; ++i) {
    change([&](Document::Editor& edit) -> Result<void> {
      const auto inner = edit.set_type(map, "key", TypeKind::Text);
      return edit.insert(*inner, Utf16Offset{0}, std::to_string(i));
    });
  }
  BOOST_TEST(json() == R"({"text":"","map":{"key":"4"},"list":[]})");
}

// Transactions --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(observers_hear_of_every_transaction_and_its_origin) {
  Listener listener(document);
  BOOST_TEST_REQUIRE(document.insert(text, Utf16Offset{0}, "a", /*origin=*/5).has_value());
  BOOST_TEST(listener.heard == "before 5, after 5, ");
  listener.heard.clear();
  BOOST_TEST_REQUIRE(document.apply(document.encode_state(), /*origin=*/6).has_value());
  BOOST_TEST(listener.heard == "before 6, after 6 nothing, ");
  listener.heard.clear();
  BOOST_TEST(!document.apply("not an update").has_value());
  BOOST_TEST(listener.heard == "");
}

BOOST_AUTO_TEST_CASE(an_observer_that_was_removed_hears_nothing) {
  std::string heard;
  {
    Listener listener(document);
    Listener other(document);
    BOOST_TEST_REQUIRE(insert(0, "a").has_value());
    heard = listener.heard;
    BOOST_TEST(other.heard == heard);
  }
  BOOST_TEST_REQUIRE(insert(0, "a").has_value());
  BOOST_TEST(heard == "before 0, after 0, ");
}

BOOST_AUTO_TEST_CASE(what_a_failed_transaction_did_stays_done) {
  Listener listener(document);
  const auto result = document.transact(3, [&](Document::Editor& edit) -> Result<void> {
    if (auto ok = edit.insert(text, Utf16Offset{0}, "done"); !ok) return ok;
    return edit.insert(text, Utf16Offset{100}, "not done");
  });
  BOOST_TEST(!result.has_value());
  BOOST_TEST(reads() == "done");
  BOOST_TEST(listener.heard == "before 3, after 3, ");
  document.check_invariants();
}

BOOST_AUTO_TEST_CASE(reserved_origins_are_all_different) {
  const Origin first = document.reserve_origin();
  BOOST_TEST(document.reserve_origin() != first);
}

// What a transaction deletes in a formatted text may make marks redundant; they go in another
// one, and the first is the one that was asked for.
BOOST_AUTO_TEST_CASE(redundant_formats_go_in_a_transaction_of_their_own) {
  const std::string_view bold(
      "\x01"
      "b\x04true");
  const std::string_view plain(
      "\x01"
      "b\x04null");
  BOOST_TEST_REQUIRE(document
                         .apply(UpdateBuilder()
                                    .by(2, 0)
                                    .text("a", {.root = "text"})
                                    .add(ContentKind::Format, 1, bold, {.left = id(2, 0)})
                                    .more("b")
                                    .add(ContentKind::Format, 1, plain, {.left = id(2, 2)})
                                    .more("c")
                                    .str())
                         .has_value());
  Listener listener(document);
  BOOST_TEST_REQUIRE(
      document.apply(UpdateBuilder().erases(2, 2, 1).str(), /*origin=*/4).has_value());
  BOOST_TEST(listener.heard == "before 4, after 4, before 0, after 0, ");
  ByteWriter change;
  BOOST_TEST_REQUIRE(document.encode_change(change));
  BOOST_TEST(hex_of(change.view()) == hex_of(UpdateBuilder().erases(2, 2, 1).str()));
  BOOST_TEST(reads() == "ac");
}

BOOST_AUTO_TEST_CASE(a_replica_can_go_on_under_another_id) {
  BOOST_TEST_REQUIRE(insert(0, "a").has_value());
  document.set_client(ClientId{9});
  BOOST_TEST_REQUIRE(insert(1, "b").has_value());
  BOOST_TEST((document.client() == ClientId{9}));
  BOOST_TEST((document.state_vector() ==
              StateVector({{ClientId{1}, Clock(1)}, {ClientId{9}, Clock(1)}})));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_used_up_is_an_error) {
  BOOST_TEST_REQUIRE(document
                         .apply(UpdateBuilder()
                                    .by(1, 0)
                                    .add(ContentKind::Gc, (std::uint32_t{1} << 31) - 2, {})
                                    .str())
                         .has_value());
  BOOST_TEST(!insert(0, "abc").has_value());
  BOOST_TEST(insert(0, "ab").has_value());
  const auto result = insert(0, "c");
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().code == ErrorCode::LimitExceeded));
  BOOST_TEST(reads() == "ab");
}

// Roots ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_root_may_arrive_before_it_is_asked_for) {
  Document other({.client = ClientId{2}});
  const TypeRef there = other.text("late");
  BOOST_TEST_REQUIRE(other.insert(there, Utf16Offset{0}, "early").has_value());
  BOOST_TEST_REQUIRE(document.apply(other.encode_state()).has_value());
  BOOST_TEST(document.to_string(document.text("late")) == "early");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
