#include "daemon/crdt/text_format.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/hex.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;

// All bytes here were made by Yjs, by this and what the cases quote:
//
//   const doc = (client) => { const d = new Y.Doc(); d.clientID = client; return d; };
//   const state = (d) => Buffer.from(Y.encodeStateAsUpdate(d)).toString("hex");
//   const yuri = doc(7).getText("t"), zoe = doc(9).getText("t"), ann = doc(1).getText("t");
//
// Ann's first step is always to apply the update given first.

// yuri.insert(0, "one two three"); yuri.format(4, 3, { bold: true });
constexpr std::string_view kBoldTwo =
    "0105070004010174046f6e65208407030374776f84070606207468726565c60703070404626f6c6404747275"
    "65c60706070704626f6c64046e756c6c00";

// yuri.insert(0, "0123456789");
// yuri.format(2, 2, { bold: true }); yuri.format(6, 2, { bold: true });
constexpr std::string_view kTwoBoldPairs =
    "0109070004010174023031840701023233840703023435840705023637840707023839c60701070204626f6c"
    "640474727565c60703070404626f6c64046e756c6cc60705070604626f6c640474727565c60707070804626f"
    "6c64046e756c6c00";
// "2345" as deleted by somebody who deletes no marks.
constexpr std::string_view kWithoutFour = "000107010204";

/// Writes down the update of each transaction, with its origin in front.
class Witness final : public Document::Observer {
 public:
  std::vector<std::string> updates;

  void committed(Document& document, Origin origin) override {
    ByteWriter update;
    const std::string who = std::to_string(origin) + " ";
    updates.push_back(document.encode_change(update) ? who + hex_of(update.view()) : who);
  }
};

struct Ann {
  static constexpr Origin kNetwork = 5;

  void receives(std::string_view update) {
    BOOST_TEST_REQUIRE(document.apply(bytes_of_hex(update), kNetwork).has_value());
    document.check_invariants();
  }
  void types(std::uint32_t at, std::string_view content) {
    BOOST_TEST_REQUIRE(document.insert(text, Utf16Offset{at}, content).has_value());
  }
  void deletes(std::uint32_t at, std::uint32_t length) {
    BOOST_TEST_REQUIRE(document.erase(text, Utf16Offset{at}, Utf16Offset{length}).has_value());
  }
  /// Her whole state, in hex.
  std::string state() {
    document.check_invariants();
    return hex_of(document.encode_state());
  }
  std::string reads() { return document.to_string(text); }

  Document document{{ClientId{1}, /*collect=*/true}};
  TypeRef text = document.text("t");
};

BOOST_FIXTURE_TEST_SUITE(text_format_test, Ann)

// ann.insert(5, "x"); ann.insert(8, "y"); ann.insert(4, "z");
BOOST_AUTO_TEST_CASE(typing_at_the_end_of_bold_text_is_bold_and_in_front_of_it_is_not) {
  receives(kBoldTwo);
  types(5, "x");
  types(8, "y");
  types(4, "z");
  BOOST_TEST(reads() == "one ztxwoy three");
  BOOST_TEST(state() ==
             "0206070004010174046f6e6520840703017484070402776f84070606207468726565c60703070404"
             "626f6c640474727565c60706070704626f6c64046e756c6c030100c4070407050178c40706070e01"
             "79c40703070d017a00");
}

// ann.delete(4, 3);
BOOST_AUTO_TEST_CASE(deleting_all_of_the_bold_text_deletes_its_marks) {
  receives(kBoldTwo);
  deletes(4, 3);
  BOOST_TEST(state() ==
             "0105070004010174046f6e65208107030384070606207468726565c10703070401c1070607070101"
             "070204030d02");
}

// ann.delete(2, 4);
BOOST_AUTO_TEST_CASE(deleting_across_the_edge_keeps_the_mark) {
  receives(kBoldTwo);
  deletes(2, 4);
  BOOST_TEST(reads() == "ono three");
  BOOST_TEST(state() ==
             "0107070004010174026f6e8107010281070302840705016f84070606207468726565c60703070404"
             "626f6c640474727565c60706070704626f6c64046e756c6c0107010204");
}

// yuri.insert(0, "ab"); yuri.insert(2, "cd", { bold: true });
// Then at the same time yuri.format(2, 2, { em: 1 }); zoe.format(0, 2, { bold: true });
// After that the bold mark in front of "c" says nothing new, but the other one does.
// ann.insert(2, "-");
BOOST_AUTO_TEST_CASE(typing_goes_behind_marks_that_change_nothing) {
  receives(
      "0201090046070004626f6c640474727565060700040101740261628107010184070202636486070404626f"
      "6c64046e756c6cc60701070202656d013186070502656d046e756c6c0107010201");
  types(2, "-");
  BOOST_TEST(reads() == "ab-cd");
  BOOST_TEST(state() ==
             "0301090046070004626f6c6404747275650607000401017402616281070101840702026364860704"
             "04626f6c64046e756c6cc60701070202656d013186070502656d046e756c6c010100c40701070601"
             "2d0107010201");
}

// yuri.insert(0, "abc"); then at the same time
// yuri.format(0, 2, { bold: true }); zoe.format(0, 3, { bold: true });
BOOST_AUTO_TEST_CASE(
    one_of_two_equal_marks_at_the_front_is_deleted_in_a_transaction_of_its_own) {
  receives(
      "0104070004010174026162840701016346070004626f6c640474727565c60701070204626f6c64046e75"
      "6c6c00");
  Witness witness;
  document.add_observer(witness);
  receives("0102090046070004626f6c64047472756586070204626f6c64046e756c6c00");
  document.remove_observer(witness);
  const std::vector<std::string> expected = {
      "5 0102090046070004626f6c64047472756586070204626f6c64046e756c6c00", "0 000107010301"};
  BOOST_TEST(witness.updates == expected, boost::test_tools::per_element());
  BOOST_TEST(state() ==
             "0202090046070004626f6c64047472756586070204626f6c64046e756c6c04070004010174026162"
             "840701016341070001c60701070204626f6c64046e756c6c0107010301");
}

BOOST_AUTO_TEST_CASE(a_deletion_by_others_leaves_the_last_of_several_marks) {
  receives(kTwoBoldPairs);
  Witness witness;
  document.add_observer(witness);
  receives(kWithoutFour);
  document.remove_observer(witness);
  const std::vector<std::string> expected = {"5 000107010204", "0 000107010a02"};
  BOOST_TEST(witness.updates == expected, boost::test_tools::per_element());
  BOOST_TEST(reads() == "016789");
  BOOST_TEST(state() ==
             "01090700040101740230318107010281070302840705023637840707023839c10701070201c10703"
             "070401c60705070604626f6c640474727565c60707070804626f6c64046e756c6c01070202040a0"
             "2");
}

BOOST_AUTO_TEST_CASE(whoever_applied_an_update_is_told_of_it_and_not_of_the_cleaning) {
  receives(kTwoBoldPairs);
  receives(kWithoutFour);
  const std::vector<TextEdit> edits = document.edits(text);
  BOOST_TEST_REQUIRE(edits.size() == 1);
  BOOST_TEST(edits[0].start.offset.utf16.value() == 2);
  BOOST_TEST(edits[0].end.offset.utf16.value() == 6);
  BOOST_TEST(edits[0].inserted == "");
  types(2, "x");
  BOOST_TEST(reads() == "01x6789");
}

BOOST_AUTO_TEST_CASE(nothing_is_cleaned_after_a_change_of_ones_own_or_in_plain_text) {
  Witness witness;
  document.add_observer(witness);
  receives(kTwoBoldPairs);
  types(3, "x");
  receives("0101090004010174027a7a00");
  document.remove_observer(witness);
  BOOST_TEST(witness.updates.size() == 3);
}

// The same on a document that has not asked for its text yet, as a server has not.
BOOST_AUTO_TEST_CASE(marks_are_left_alone_in_what_nobody_calls_a_text) {
  Document server({ClientId{2}, /*collect=*/true});
  Witness witness;
  server.add_observer(witness);
  BOOST_TEST(server.apply(bytes_of_hex(kTwoBoldPairs)).has_value());
  BOOST_TEST(server.apply(bytes_of_hex(kWithoutFour)).has_value());
  BOOST_TEST(witness.updates.size() == 2);
}

// const late = doc(1); Y.applyUpdate(late, …); late.getText("t").insert(4, "-");
BOOST_AUTO_TEST_CASE(a_text_that_is_asked_for_late_does_not_know_its_marks) {
  Document late({ClientId{1}, /*collect=*/true});
  Witness witness;
  late.add_observer(witness);
  BOOST_TEST(late.apply(bytes_of_hex(kTwoBoldPairs)).has_value());
  const TypeRef found = late.text("t");
  BOOST_TEST(late.insert(found, Utf16Offset{4}, "-").has_value());
  BOOST_TEST(witness.updates.back() == "0 01010100c4070b0704012d00");
  BOOST_TEST(late.apply(bytes_of_hex(kWithoutFour)).has_value());
  BOOST_TEST(witness.updates.size() == 3);
  BOOST_TEST(late.to_string(found) == "01-6789");
}

BOOST_AUTO_TEST_CASE(places_past_the_end_are_refused_in_formatted_text_too) {
  receives(kBoldTwo);
  const std::string before = state();
  BOOST_TEST(!document.insert(text, Utf16Offset{14}, "x").has_value());
  BOOST_TEST(!document.erase(text, Utf16Offset{12}, Utf16Offset{2}).has_value());
  deletes(4, 0);
  BOOST_TEST(state() == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::crdt
