#include "daemon/crdt/decoded_update.h"

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

// const d = new Y.Doc(); d.clientID = 3; const t = d.getText('t'), a = d.getArray('a')
// t.insert(0, 'ab', { bold: true }); t.insertEmbed(1, { img: 1 })
// a.push([1, 'x', { k: [null, true] }, new Uint8Array([1, 2]), new Y.XmlElement('p')])
// d.getMap('m').set('k', 2.5); a.push([new Y.Doc({ guid: 'g', gc: false })]); a.delete(0, 1)
// Y.encodeStateAsUpdate(d)
const std::string kKinds =
    "010d03000601017404626f6c6404747275658403000161840301016286030204626f6c64046e756c6cc6030103"
    "02"
    "04626f6c64046e756c6cc503040302097b22696d67223a317dc60305030204626f6c6404747275650101016101"
    "88"
    "0307027701787601016b75027e7883030902010287030a0301702801016d016b017c4020000089030b01677601"
    "02"
    "6763790103010701";

struct Decoded {
  std::string bytes;
  DecodedUpdate update;
  std::string error;

  explicit Decoded(std::string_view digits) : bytes(bytes_of_hex(digits)) {
    const auto done = decode_update(bytes, update);
    if (!done) error = done.error().message;
  }
};

/// An update of one struct of client 7 from clock 0, in the root "r", or behind client 1's
/// unit 2.
std::string in_root(std::string_view kind, std::string_view content) {
  return "01 01 07 00 " + std::string(kind) + " 01 0172 " + std::string(content) + " 00";
}

/// The error, or the content of an update's only struct and whether all is canonical.
std::string outcome(const std::string& digits) {
  const Decoded decoded(digits);
  if (!decoded.error.empty()) return decoded.error;
  BOOST_TEST_REQUIRE(decoded.update.structs.size() == 1U);
  return hex_of(decoded.update.structs.front().content) +
         (decoded.update.canonical ? "" : " rewritten");
}

std::string spaced(std::string_view digits) { return hex_of(bytes_of_hex(digits)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(decoded_update)

BOOST_AUTO_TEST_CASE(nothing_is_an_update) {
  const Decoded decoded("00 00");
  BOOST_TEST(decoded.error == "");
  BOOST_TEST(decoded.update.canonical);
  BOOST_TEST(decoded.update.structs.empty());
}

BOOST_AUTO_TEST_CASE(every_kind_of_content_is_taken_apart) {
  const Decoded decoded(kKinds);
  BOOST_TEST_REQUIRE(decoded.error == "");
  BOOST_TEST(decoded.update.canonical);
  BOOST_TEST(decoded.update.rewritten.empty());
  BOOST_TEST_REQUIRE(decoded.update.sections.size() == 1U);
  BOOST_TEST(number(decoded.update.sections[0].client) == 3U);
  BOOST_TEST_REQUIRE(decoded.update.sections[0].count == 13U);

  const auto& structs = decoded.update.structs;
  using K = ContentKind;
  const K kinds[] = {K::Format, K::String, K::String,  K::Format, K::Format,
                     K::Embed,  K::Format, K::Deleted, K::Any,    K::Binary,
                     K::Type,   K::Any,    K::Doc};
  const char* contents[] = {"04626f6c640474727565",
                            "61",
                            "62",
                            "04626f6c64046e756c6c",
                            "04626f6c64046e756c6c",
                            "7b22696d67223a317d",
                            "04626f6c640474727565",
                            "",
                            "7701787601016b75027e78",
                            "0102",
                            "030170",
                            "7c40200000",
                            "0167760102676379"};
  std::uint32_t clock = 0;
  for (std::size_t i = 0; i < structs.size(); ++i) {
    BOOST_TEST((structs[i].kind == kinds[i]), "kind of struct " << i);
    BOOST_TEST(hex_of(structs[i].content) == contents[i]);
    BOOST_TEST(structs[i].clock.value() == clock);
    clock += structs[i].length;
  }
  BOOST_TEST(clock == 14U);
}

BOOST_AUTO_TEST_CASE(origins_and_parents_are_told) {
  const Decoded decoded(kKinds);
  BOOST_TEST_REQUIRE(decoded.error == "");
  const auto& structs = decoded.update.structs;
  BOOST_TEST(!structs[0].origin().has_value());
  BOOST_TEST_REQUIRE(structs[0].parent == 0U);
  BOOST_TEST((decoded.update.parents[0].root == "t"));
  BOOST_TEST(!decoded.update.parents[0].key.has_value());
  BOOST_TEST((structs[4].origin() == Id{ClientId{3}, Clock(1)}));
  BOOST_TEST((structs[4].right_origin() == Id{ClientId{3}, Clock(2)}));
  BOOST_TEST(structs[4].parent == DecodedStruct::kNoParent);
  BOOST_TEST_REQUIRE(structs[11].parent == 2U);
  BOOST_TEST((decoded.update.parents[2].root == "m"));
  BOOST_TEST((decoded.update.parents[2].key == "k"));
  BOOST_TEST_REQUIRE(decoded.update.deletes.size() == 1U);
  BOOST_TEST((decoded.update.deletes[0] == DeleteRange{ClientId{3}, Clock(7), 1}));
}

BOOST_AUTO_TEST_CASE(a_parent_may_be_an_item) {
  const Decoded decoded("01 01 07 00 24 00 05 09 016b 0161 00");
  BOOST_TEST_REQUIRE(decoded.error == "");
  const DecodedParent& parent = decoded.update.parents[0];
  BOOST_TEST(!parent.root.has_value());
  BOOST_TEST((parent.item == Id{ClientId{5}, Clock(9)}));
  BOOST_TEST((parent.key == "k"));
}

BOOST_AUTO_TEST_CASE(a_key_without_a_parent_is_only_a_flag) {
  const Decoded decoded("01 01 07 00 a4 05 09 0161 00");
  BOOST_TEST_REQUIRE(decoded.error == "");
  BOOST_TEST(decoded.update.canonical);
  BOOST_TEST(decoded.update.parents.empty());
}

BOOST_AUTO_TEST_CASE(every_prefix_is_cut_short) {
  const std::string whole = bytes_of_hex(kKinds);
  DecodedUpdate out;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto done = decode_update({whole.data(), size}, out);
    BOOST_TEST_REQUIRE(!done);
    BOOST_TEST(done.error().message == "the update is cut short");
  }
  BOOST_TEST(!decode_update(whole + '\0', out));
}

BOOST_AUTO_TEST_CASE(bytes_that_no_correct_peer_sends_are_refused) {
  BOOST_TEST(outcome(in_root("0b", "")) == "a content kind is unknown");
  BOOST_TEST(outcome(in_root("1f", "")) == "a content kind is unknown");
  BOOST_TEST(outcome(in_root("04", "00")) == "a struct is empty");
  BOOST_TEST(outcome(in_root("01", "00")) == "a struct is empty");
  BOOST_TEST(outcome(in_root("08", "00")) == "a struct is empty");
  BOOST_TEST(outcome(in_root("02", "00")) == "a struct is empty");
  BOOST_TEST(outcome("01 01 07 00 00 00 00") == "a struct is empty");
  BOOST_TEST(outcome("01 01 07 00 0a 00 00") == "a struct is empty");
  BOOST_TEST(outcome("01 01 07 00 8a 03 00") == "a gap has flags");
  BOOST_TEST(outcome(in_root("04", "03 eda080")) == "a text is not valid UTF-8");
  BOOST_TEST(outcome("01 01 07 00 04 01 01ff 0161 00") == "a text is not valid UTF-8");
  BOOST_TEST(outcome("01 01 07 00 24 01 0172 01ff 0161 00") == "a text is not valid UTF-8");
  BOOST_TEST(outcome(in_root("05", "01 7b")) == "JSON content is not JSON");
  BOOST_TEST(outcome(in_root("05", "09 756e646566696e6564")) == "JSON content is not JSON");
  BOOST_TEST(outcome(in_root("06", "0162 00")) == "JSON content is not JSON");
  BOOST_TEST(outcome(in_root("02", "01 01 7d")) == "JSON content is not JSON");
  BOOST_TEST(outcome(in_root("07", "07")) == "a type is unknown");
  BOOST_TEST(outcome(in_root("08", "01 00")) == "a value is malformed");
  BOOST_TEST(outcome(in_root("09", "0167 7e")) == "a subdocument is malformed");
}

BOOST_AUTO_TEST_CASE(clocks_and_lengths_have_a_limit) {
  const std::string limit = "80 80 80 80 08";
  const std::string below = "ff ff ff ff 07";
  BOOST_TEST(Decoded("01 01 07 " + below + " 00 01 00").error == "");
  BOOST_TEST(Decoded("01 01 07 " + below + " 00 02 00").error == "a clock is beyond 2^31");
  BOOST_TEST(Decoded("01 01 07 " + limit + " 00 01 00").error == "a clock is beyond 2^31");
  BOOST_TEST(Decoded("01 01 07 00 00 " + limit + " 00").error == "a length is beyond 2^31");
  BOOST_TEST(Decoded("01 02 07 00 00 " + below + " 00 01 00").error == "");
  BOOST_TEST(Decoded("01 02 07 00 00 " + below + " 00 02 00").error ==
             "a clock is beyond 2^31");
  BOOST_TEST(Decoded("01 01 07 00 81 01 " + limit + " 01 00").error ==
             "an id's clock is beyond 2^31");
  BOOST_TEST(Decoded("00 01 01 01 " + below + " 01").error == "");
  BOOST_TEST(Decoded("00 01 01 01 " + below + " 02").error == "a deletion reaches beyond 2^31");
  BOOST_TEST(Decoded("00 01 01 01 05 00").error == "a deletion is empty");
}

BOOST_AUTO_TEST_CASE(claimed_counts_cost_nothing) {
  const std::string huge = "ff ff ff ff ff ff ff 0f";
  BOOST_TEST(!Decoded(huge + " 00").error.empty());
  BOOST_TEST(!Decoded("01 " + huge + " 07 00 00 01 00").error.empty());
  BOOST_TEST(!Decoded("00 " + huge).error.empty());
  BOOST_TEST(!Decoded("00 01 07 " + huge + " 01 01").error.empty());
  BOOST_TEST(!Decoded(in_root("08", "ff ff ff ff 07 7e")).error.empty());
  BOOST_TEST(!Decoded(in_root("02", "ff ff ff ff 07 0131")).error.empty());
}

BOOST_AUTO_TEST_CASE(longer_varints_are_read_and_noticed) {
  BOOST_TEST(!Decoded("80 00 00").update.canonical);
  BOOST_TEST(!Decoded("00 80 00").update.canonical);
  BOOST_TEST(!Decoded("01 01 87 00 00 00 01 00").update.canonical);
  const Decoded decoded("01 01 07 00 04 01 0172 81 00 61 00");
  BOOST_TEST(decoded.error == "");
  BOOST_TEST(!decoded.update.canonical);
  BOOST_TEST(decoded.update.structs[0].content == "a");
}

BOOST_AUTO_TEST_CASE(forms_that_yjs_does_not_write_are_noticed) {
  BOOST_TEST(!Decoded("01 01 07 00 80 01 00").update.canonical);  // flags on a GC
  BOOST_TEST(
      !Decoded("01 01 07 00 01 02 0105 01 00").update.canonical);  // neither root nor item
  BOOST_TEST(!Decoded("01 00 07 00 00").update.canonical);         // no structs
  BOOST_TEST(!Decoded("00 01 07 00").update.canonical);            // no deletions
  BOOST_TEST(Decoded("01 01 07 00 00 01 00").update.canonical);
}

BOOST_AUTO_TEST_CASE(content_takes_the_form_that_yjs_would_write) {
  BOOST_TEST(outcome(in_root("05", "08 7b2261223a20317d")) ==
             spaced("7b2261223a317d") + " rewritten");
  BOOST_TEST(outcome(in_root("06", "0162 0420747275")) == "JSON content is not JSON");
  BOOST_TEST(outcome(in_root("06", "0162 052074727565")) ==
             spaced("0162 0474727565") + " rewritten");
  BOOST_TEST(outcome(in_root("06", "8100 62 0474727565")) ==
             spaced("0162 0474727565") + " rewritten");
  BOOST_TEST(outcome(in_root("02", "02 03312e30 09756e646566696e6564")) ==
             spaced("0131 09756e646566696e6564") + " rewritten");
  BOOST_TEST(outcome(in_root("02", "02 8100 31 0132")) == spaced("0131 0132") + " rewritten");
  BOOST_TEST(outcome(in_root("07", "83 00 01 70")) == spaced("030170") + " rewritten");
  BOOST_TEST(outcome(in_root("07", "82 00")) == spaced("02") + " rewritten");
  BOOST_TEST(outcome(in_root("08", "02 7c3f800000 7e")) == spaced("7d01 7e") + " rewritten");
  BOOST_TEST(outcome(in_root("09", "0167 7601017878")) == spaced("0167 7600") + " rewritten");
}

BOOST_AUTO_TEST_CASE(a_longer_varint_far_ahead_does_not_touch_content) {
  // Client 7 is written in two bytes; the format behind it is as it should be.
  const Decoded decoded("01 01 8700 00 06 01 0172 0162 0474727565 00");
  BOOST_TEST(!decoded.update.canonical);
  BOOST_TEST(decoded.update.rewritten.empty());
}

BOOST_AUTO_TEST_CASE(one_object_can_hold_several_updates) {
  const std::string first = bytes_of_hex("01 01 07 00 04 01 0172 0161 00");
  const std::string second = bytes_of_hex("01 01 08 00 04 01 0172 0162 01 07 01 00 01");
  DecodedUpdate out;
  BOOST_TEST_REQUIRE(append_update(first, out).has_value());
  BOOST_TEST_REQUIRE(append_update(second, out).has_value());
  BOOST_TEST_REQUIRE(out.sections.size() == 2U);
  BOOST_TEST(out.sections[1].first == 1U);
  BOOST_TEST(out.structs[1].content == "b");
  BOOST_TEST(out.structs[1].parent == 1U);
  BOOST_TEST(out.deletes.size() == 1U);
  BOOST_TEST_REQUIRE(decode_update(second, out).has_value());
  BOOST_TEST(out.sections.size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_object_that_is_used_again_forgets_what_it_held) {
  DecodedUpdate out;
  const std::string odd = bytes_of_hex(in_root("05", "02 2031"));
  BOOST_TEST_REQUIRE(decode_update(odd, out).has_value());
  BOOST_TEST(!out.canonical);
  const std::string plain = bytes_of_hex("00 00");
  BOOST_TEST_REQUIRE(decode_update(plain, out).has_value());
  BOOST_TEST(out.canonical);
  BOOST_TEST((out.structs.empty() && out.parents.empty() && out.rewritten.empty()));
}

BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  const std::string whole = bytes_of_hex(kKinds);
  DecodedUpdate out;
  int accepted = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string bytes = whole;
    for (std::size_t mistakes = 1 + random.below(3); mistakes > 0; --mistakes) {
      bytes[random.below(bytes.size())] =
          static_cast<char>(random.one_in(2) ? random.below(256) : random.below(16));
    }
    if (random.one_in(10)) bytes.resize(random.below(bytes.size()));
    if (!decode_update(bytes, out)) continue;
    ++accepted;
    // Sections lie one behind the other and fill the structs; clocks have no gaps.
    std::size_t first = 0;
    for (const DecodedSection& section : out.sections) {
      BOOST_TEST_REQUIRE(section.first == first);
      first += section.count;
      for (std::uint32_t i = 1; i < section.count; ++i) {
        const DecodedStruct& before = out.structs[section.first + i - 1];
        BOOST_TEST_REQUIRE(
            (out.structs[section.first + i].clock == before.clock + before.length));
      }
    }
    BOOST_TEST_REQUIRE(first == out.structs.size());
  }
  BOOST_TEST(accepted > 1'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
