#include "daemon/crdt/update_merge.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/decoded_update.h"
#include "daemon/crdt/struct_writer.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

/// Updates are in hex throughout; a failure is its message.
std::string merged(const std::vector<std::string>& updates) {
  std::vector<std::string> bytes;
  bytes.reserve(updates.size());
  for (const std::string& update : updates) bytes.push_back(bytes_of_hex(update));
  const std::vector<std::string_view> views(bytes.begin(), bytes.end());
  const auto result = merge_updates(views);
  return result ? hex_of(*result) : result.error().message;
}

std::string diffed(const std::string& update, std::vector<StateVector::Entry> known) {
  const auto result = diff_update(bytes_of_hex(update), StateVector(std::move(known)));
  return result ? hex_of(*result) : result.error().message;
}

std::string state_after(const std::string& update) {
  const auto result = state_vector_from_update(bytes_of_hex(update));
  return result ? hex_of(result->encode()) : result.error().message;
}

StateVector::Entry entry(std::uint64_t client, std::uint32_t clock) {
  return {ClientId{client}, Clock(clock)};
}

// const a = new Y.Doc(); a.clientID = 1; const t = a.getText('content')
// a.on('update', u => sent.push(u))
// t.insert(0, 'a'); t.insert(1, '😀'); t.insert(3, 'bc'); t.delete(0, 1)
const std::vector<std::string> kTyped = {
    "01010100040107636f6e74656e74016100",
    "0101010184010004f09f988000",
    "0101010384010202626300",
    "000101010001",
};
// Y.mergeUpdates(sent), and of the first and the third
const std::string kAllTyped =
    "01030100040107636f6e74656e74016184010004f09f98808401020262630101010001";
const std::string kTypedWithGap = "01030100040107636f6e74656e7401610a0284010202626300";
// Y.encodeStateAsUpdate(a)
const std::string kDocument = "01020100010107636f6e74656e740184010006f09f988062630101010001";

// const a = new Y.Doc(); a.clientID = 1; const list = a.getArray('list')
// list.insert(0, [new Y.Text('abc')]); const old = Y.encodeStateAsUpdate(a)
// list.delete(0, 1); const collected = Y.encodeStateAsUpdate(a)
const std::string kOld = "010201000701046c69737402040001000361626300";
const std::string kCollected = "010201000101046c6973740100030101010004";

/// A client's structs, all of which are written with the same care: some text, some collected,
/// some values. Good for nothing but being merged.
class Workshop {
 public:
  Workshop(SeededRandom& random, std::size_t clients) {
    for (std::size_t c = 0; c < clients; ++c) {
      const ClientId client{c * 1000 + 1};
      std::uint32_t clock = 0;
      for (std::size_t left = 1 + random.below(12); left > 0; --left) {
        Part part;
        part.client = client;
        part.s.id = {client, Clock(clock)};
        part.s.kind = random.pick(std::vector{ContentKind::String, ContentKind::Deleted,
                                              ContentKind::Any, ContentKind::Type});
        part.s.length = part.s.kind == ContentKind::Type
                            ? 1
                            : 1 + static_cast<std::uint32_t>(random.below(5));
        if (part.s.kind == ContentKind::String) part.content.assign(part.s.length, 'x');
        if (part.s.kind == ContentKind::Any) part.content.assign(part.s.length, '\x7E');
        if (part.s.kind == ContentKind::Type) part.content = std::string(1, '\0');
        if (clock > 0 && random.one_in(2)) part.s.origin = Id{client, Clock(clock - 1)};
        if (random.one_in(3)) part.s.right_origin = Id{ClientId{5}, Clock(3)};
        part.s.root = "root";
        clock += part.s.length;
        parts_.push_back(std::move(part));
      }
      ends_[number(client)] = clock;
    }
    std::stable_sort(parts_.begin(), parts_.end(),
                     [](const Part& a, const Part& b) { return a.client > b.client; });
  }

  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  [[nodiscard]] const std::map<std::uint64_t, std::uint32_t>& ends() const { return ends_; }

  /// An update of the parts from `begin` to `end`.
  [[nodiscard]] std::string update(std::size_t begin, std::size_t end) const {
    ByteWriter out;
    std::size_t sections = 0;
    for (std::size_t i = begin; i < end;) {
      std::size_t next = i;
      while (next < end && parts_[next].client == parts_[i].client) ++next;
      out.put_varuint(next - i);
      out.put_varuint(number(parts_[i].client));
      out.put_varuint(parts_[i].s.id.clock.value());
      for (; i < next; ++i) {
        StructToWrite s = parts_[i].s;
        s.content = parts_[i].content;
        write_struct(out, s);
      }
      ++sections;
    }
    out.insert_varuint(0, sections);
    out.put_varuint(0);
    return hex_of(out.view());
  }
  [[nodiscard]] std::string whole() const { return update(0, size()); }

  /// Somebody who knows a part of it.
  [[nodiscard]] std::vector<StateVector::Entry> somebody(SeededRandom& random) const {
    std::vector<StateVector::Entry> known;
    for (const auto& [client, end] : ends_) {
      known.push_back(entry(client, static_cast<std::uint32_t>(random.below(end + 2))));
    }
    return known;
  }

 private:
  struct Part {
    ClientId client{};
    StructToWrite s;
    std::string content;
  };
  std::vector<Part> parts_;
  std::map<std::uint64_t, std::uint32_t> ends_;
};

void shuffle(SeededRandom& random, std::vector<std::string>& updates) {
  for (std::size_t i = updates.size(); i > 1; --i) {
    std::swap(updates[i - 1], updates[random.below(i)]);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update_merge)

BOOST_AUTO_TEST_CASE(updates_of_one_writer_become_one) {
  BOOST_TEST(merged(kTyped) == kAllTyped);
}

BOOST_AUTO_TEST_CASE(order_and_repetition_do_not_matter) {
  BOOST_TEST(merged({kTyped[3], kTyped[2], kTyped[0], kTyped[1], kTyped[2]}) == kAllTyped);
  BOOST_TEST(merged({kAllTyped, kTyped[1]}) == kAllTyped);
}

BOOST_AUTO_TEST_CASE(a_gap_is_marked_and_filled) {
  BOOST_TEST(merged({kTyped[2], kTyped[0]}) == kTypedWithGap);
  BOOST_TEST(merged({kTypedWithGap, kTyped[1], kTyped[3]}) == kAllTyped);
}

BOOST_AUTO_TEST_CASE(nothing_merges_to_an_empty_update) {
  BOOST_TEST(merged({}) == "0000");
  BOOST_TEST(merged({"0000", "0000"}) == "0000");
}

BOOST_AUTO_TEST_CASE(one_update_comes_back_as_it_is) {
  BOOST_TEST(merged({kTypedWithGap}) == kTypedWithGap);
  BOOST_TEST(merged({"0001"
                     "8100"
                     "010001"}) ==
             "0001"
             "8100"
             "010001");
  BOOST_TEST(merged({"0001"}) == "update 1 of 1: the update is cut short");
}

BOOST_AUTO_TEST_CASE(a_malformed_update_is_named) {
  BOOST_TEST(merged({kTyped[0], kTyped[1] + "00", kTyped[2]}) ==
             "update 2 of 3: bytes follow the end of the update");
}

BOOST_AUTO_TEST_CASE(where_pieces_overlap_the_rest_is_cut_off) {
  const std::string four =
      "010101000401017404"
      "61626364"
      "00";
  const std::string six =
      "010101000401017406"
      "616263646566"
      "00";
  BOOST_TEST(merged({six, four}) == six);
  BOOST_TEST(merged({four, six}) ==
             "010201000401017404"
             "61626364"
             "840103026566"
             "00");
  // A pair that is torn is replaced, as in Yjs.
  const std::string two =
      "010101000401017402"
      "6178"
      "00";
  const std::string pair =
      "010101000401017405"
      "61f09f9880"
      "00";
  BOOST_TEST(merged({two, pair}) ==
             "010201000401017402"
             "6178"
             "84010103efbfbd"
             "00");
}

BOOST_AUTO_TEST_CASE(collected_ranges_are_joined) {
  // The same client's units 0 to 2, 3 to 4 and 2 to 5, all collected.
  BOOST_TEST(merged({"010101000003"
                     "00",
                     "010101030002"
                     "00",
                     "010101020004"
                     "00"}) == "01010100000600");
  BOOST_TEST(merged({"010101000003"
                     "00",
                     "010101050002"
                     "00"}) ==
             "010301000003"
             "0a02"
             "0002"
             "00");
}

BOOST_AUTO_TEST_CASE(what_was_collected_later_joins_what_was_not) {
  // Y.mergeUpdates([old, collected]) and the other way around
  BOOST_TEST(merged({kOld, kCollected}) ==
             "010201000701046c6973740204000100036162630101010004");
  BOOST_TEST(merged({kCollected, kOld}) == "010201000101046c6973740100030101010004");
}

BOOST_AUTO_TEST_CASE(an_item_and_its_collected_form_change_places_with_every_sort) {
  const std::string item =
      "0101010004010174026162"
      "00";
  const std::string collected =
      "010101000005"
      "00";
  // Yjs's comparison puts each before the other, so that the later argument comes first.
  BOOST_TEST(merged({item, collected}) == "01010100000500");
  BOOST_TEST(merged({collected, item}) ==
             "010201000401017402616200"
             "03"
             "00");
}

BOOST_AUTO_TEST_CASE(deletions_are_sorted_and_joined) {
  BOOST_TEST(merged({"00"
                     "01"
                     "0201"
                     "0501",
                     "00"
                     "02"
                     "0101"
                     "0002"
                     "0201"
                     "0304"}) ==
             "0002"
             "02010304"
             "01010002");
}

BOOST_AUTO_TEST_CASE(clients_descend) {
  const std::string one =
      "01010100040101740161"
      "00";
  const std::string nine =
      "01010900040101740161"
      "00";
  BOOST_TEST(merged({one, nine}) ==
             "02"
             "010900040101740161"
             "010100040101740161"
             "00");
}

BOOST_AUTO_TEST_CASE(a_diff_starts_where_knowledge_ends) {
  BOOST_TEST(diffed(kAllTyped, {}) == kAllTyped);
  BOOST_TEST(diffed(kAllTyped, {entry(1, 1)}) ==
             "0102010184010004f09f98808401020262630101010001");
  BOOST_TEST(diffed(kAllTyped, {entry(1, 5)}) == "000101010001");
  BOOST_TEST(diffed(kAllTyped, {entry(1, 99), entry(2, 1)}) == "000101010001");
}

BOOST_AUTO_TEST_CASE(a_diff_may_begin_inside_of_a_struct) {
  // Y.diffUpdate(Y.encodeStateAsUpdate(a), Y.encodeStateVector(new Map([[1, 2]])))
  BOOST_TEST(diffed(kDocument, {entry(1, 2)}) == "0101010284010105efbfbd62630101010001");
}

BOOST_AUTO_TEST_CASE(a_diff_does_not_begin_with_a_gap) {
  BOOST_TEST(diffed(kTypedWithGap, {entry(1, 1)}) == "0101010384010202626300");
  BOOST_TEST(diffed(kTypedWithGap, {entry(1, 2)}) == "0101010384010202626300");
  BOOST_TEST(diffed(kTypedWithGap, {}) == kTypedWithGap);
}

BOOST_AUTO_TEST_CASE(a_diff_keeps_deletions_as_they_came) {
  BOOST_TEST(diffed("0003"
                    "01020501"
                    "0001"
                    "02010001"
                    "01010601",
                    {}) ==
             "0002"
             "02010001"
             "010305010001"
             "0601");
}

BOOST_AUTO_TEST_CASE(a_malformed_update_has_no_diff_and_no_state) {
  BOOST_TEST(diffed("0001", {}) == "the update is cut short");
  BOOST_TEST(state_after("0001") == "the update is cut short");
}

BOOST_AUTO_TEST_CASE(the_state_after_an_update_ends_at_its_first_gap) {
  BOOST_TEST(state_after(kAllTyped) == "010105");
  // Y.encodeStateVectorFromUpdate
  BOOST_TEST(state_after(kTypedWithGap) == "010101");
  BOOST_TEST(state_after(kTyped[1]) == "00");
  BOOST_TEST(state_after("0000") == "00");
  // Yjs takes a gap for known if the whole update begins with it. Nobody writes such an update.
  BOOST_TEST(state_after("010201000a03"
                         "84010202626300") == "00");
}

BOOST_AUTO_TEST_CASE(pieces_in_any_order_make_the_whole) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 300; ++round) {
    const Workshop workshop(random, 1 + random.below(8));
    std::vector<std::string> pieces;
    for (std::size_t begin = 0; begin < workshop.size();) {
      const std::size_t end = std::min(workshop.size(), begin + 1 + random.below(3));
      pieces.push_back(workshop.update(begin, end));
      if (random.one_in(4)) pieces.push_back(pieces.back());
      begin = end;
    }
    if (random.one_in(3)) pieces.emplace_back("0000");
    shuffle(random, pieces);
    if (pieces.size() > 1) BOOST_TEST_REQUIRE(merged(pieces) == workshop.whole());
  }
}

BOOST_AUTO_TEST_CASE(many_pieces_in_any_order_make_the_whole) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  const Workshop workshop(random, 200);
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < workshop.size(); ++i) pieces.push_back(workshop.update(i, i + 1));
  shuffle(random, pieces);
  BOOST_TEST_REQUIRE(pieces.size() > 200U);
  BOOST_TEST((merged(pieces) == workshop.whole()));
}

BOOST_AUTO_TEST_CASE(a_diff_and_what_was_known_make_the_whole) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 300; ++round) {
    const Workshop workshop(random, 1 + random.below(5));
    const auto known = workshop.somebody(random);
    const std::string whole = workshop.whole();
    const std::string missing = diffed(whole, known);
    // Every unit is there that was not known, and none that was.
    DecodedUpdate decoded;
    const std::string bytes = bytes_of_hex(missing);
    BOOST_TEST_REQUIRE(decode_update(bytes, decoded).has_value());
    std::size_t sections = 0;
    for (const auto& pair : workshop.ends()) {
      const std::uint64_t client = pair.first;
      const std::uint32_t end = pair.second;
      const std::uint32_t from =
          std::min(end, StateVector(known).get(ClientId{client}).value());
      const auto section =
          std::find_if(decoded.sections.begin(), decoded.sections.end(),
                       [&](const DecodedSection& s) { return number(s.client) == client; });
      BOOST_TEST_REQUIRE((section == decoded.sections.end()) == (from == end));
      if (from == end) continue;
      ++sections;
      BOOST_TEST_REQUIRE(decoded.structs[section->first].clock.value() == from);
      const DecodedStruct& last = decoded.structs[section->first + section->count - 1];
      BOOST_TEST_REQUIRE((last.clock + last.length).value() == end);
    }
    BOOST_TEST_REQUIRE(decoded.sections.size() == sections);
    BOOST_TEST_REQUIRE(merged({whole, missing}) == whole);
    BOOST_TEST_REQUIRE(diffed(whole, {}) == whole);
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_do_no_harm) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> updates = {kAllTyped, kCollected, kOld, kTypedWithGap};
    for (std::string& update : updates) {
      for (std::size_t mistakes = random.below(3); mistakes > 0; --mistakes) {
        update[random.below(update.size())] = "0123456789abcdef"[random.below(16)];
      }
    }
    // Whatever comes of it is an update again.
    const std::vector<std::string> two(updates.begin(), updates.begin() + 2);
    const std::string both = merged(two);
    if (!both.starts_with("update ")) BOOST_TEST_REQUIRE(!diffed(both, {}).starts_with("the "));
    static_cast<void>(merged(updates));
    static_cast<void>(state_after(updates[3]));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
