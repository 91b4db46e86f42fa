#include "daemon/crdt/reverter.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any_value.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/person.h"

namespace plait::crdt {
namespace {

using support::hex_of;
using support::SeededRandom;

/// 13,200 units: thirteen times what fits into one item.
std::string paste() {
  std::string text;
  for (int i = 0; i < 1200; ++i)
    text +=
        "\xF0\x9F\x98\x80"
        "abcdefgh\n";
  return text;
}

std::string any_integer(std::int64_t value) {
  ByteWriter out;
  put_any_integer(out, value);
  return out.str();
}

/// A person whose manager looks after a map "m" with everything else.
struct MapStory : Person {
  explicit MapStory(std::uint64_t client, bool overwrite = false)
      : Person(client, {.everything = true, .overwrite = overwrite}), map(document.map("m")) {}

  const TypeRef map;

  MapStory& set(std::string_view key, std::int64_t value) {
    change([&](Document::Editor& edit) { return edit.set(map, key, any_integer(value)); });
    return *this;
  }
  MapStory& set_text(std::string_view key) {
    change([&](Document::Editor& edit) -> Result<void> {
      auto made = edit.set_type(map, key, TypeKind::Text);
      return made ? Result<void>{} : Result<void>(forward_error(made));
    });
    return *this;
  }
  MapStory& unset(std::string_view key) {
    change([&](Document::Editor& edit) { return edit.unset(map, key); });
    return *this;
  }
  /// The nested text under a key; None if there is none.
  [[nodiscard]] TypeRef nested(std::string_view key) {
    Replica& replica = document.replica();
    const ItemRef item = replica.newest(replica.types[map], replica.intern(key));
    if (item == ItemRef::None || replica.items[item].deleted) return TypeRef::None;
    return replica.type_of(item);
  }
  [[nodiscard]] std::string reads(std::string_view key) {
    const TypeRef held = nested(key);
    return held == TypeRef::None ? "nothing" : document.to_string(held);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(reverter)

// Texts, against bytes from Yjs. All its scripts begin with
//   const d = new Y.Doc(); d.clientID = 10; const t = d.getText('t')
//   const um = new Y.UndoManager(t); const state = () => hex(Y.encodeStateAsUpdate(d))
// and, in order to have two people,
//   const e = new Y.Doc(); e.clientID = 20; const f = e.getText('t')

// const p = '😀abcdefgh\n'.repeat(1200); t.insert(0, p); um.stopCapturing()
// t.delete(0, t.length); um.undo(); state(); um.redo(); state(); um.undo(); um.undo(); state()
BOOST_AUTO_TEST_CASE(a_long_paste_comes_back_as_one_struct) {
  const std::string p = hex_of(paste());
  Person ann(10);
  ann.type(0, paste()).pause().erase(0, 13'200).back();
  BOOST_TEST(ann.reads() == paste());
  BOOST_TEST(ann.state_hex() == "01020a0004010174f079" + p + "440a00f079" + p + "010a01009067");
  ann.again();
  BOOST_TEST(ann.state_hex() ==
             "01020a0004010174f079" + p + "440a00f079" + p + "010a0100a0ce01");
  ann.back().back();
  BOOST_TEST(ann.reads() == "");
  BOOST_TEST(ann.state_hex() == "01030a0004010174f079" + p + "440a00f079" + p + "440a9067f079" +
                                    p + "010a0100b0b502");
}

// t.insert(0, 'abcdef'); um.stopCapturing(); Y.applyUpdate(e, Y.encodeStateAsUpdate(d), 'net')
// t.delete(1, 4); f.insert(3, 'X'); f.delete(1, 1)
// Y.applyUpdate(d, Y.encodeStateAsUpdate(e), 'net'); um.undo(); state()
BOOST_AUTO_TEST_CASE(text_comes_back_in_the_pieces_that_others_cut_it_into) {
  Person ann(10);
  Person ben(20);
  ann.type(0, "abcdef").pause();
  ben.pull(ann);
  ann.erase(1, 4);
  ben.type(3, "X").erase(1, 1);
  ann.pull(ben).back();
  BOOST_TEST(ann.reads() == "abcXdef");
  BOOST_TEST(
      ann.state_hex() ==
      "02011400c40a020a030158060a00040101740161840a00026263840a02026465840a040166c40a000a01"
      "026263c414000a03026465010a010104");
}

// t.insert(0, 'ab'); um.stopCapturing(); t.insert(2, 'cd'); um.stopCapturing()
// t.delete(0, 4); um.undo(); state(); um.undo(); state(); um.undo(); state()
BOOST_AUTO_TEST_CASE(undoing_what_was_typed_removes_the_copies_of_it) {
  Person ann(10);
  ann.type(0, "ab").pause().type(2, "cd").pause().erase(0, 4).back();
  BOOST_TEST(ann.state_hex() == "01020a00040101740461626364440a000461626364010a010004");
  ann.back();
  BOOST_TEST(ann.reads() == "ab");
  BOOST_TEST(ann.state_hex() ==
             "01040a0004010174026162840a01026364440a00026162c40a050a00026364010a0200040602");
  ann.back();
  BOOST_TEST(ann.reads() == "");
  BOOST_TEST(ann.state_hex() == "01030a0004010174026162840a01026364440a000461626364010a010008");
  ann.again().again();
  BOOST_TEST(ann.reads() == "abcd");
}

// t.insert(0, 'a😀b'); um.stopCapturing(); t.delete(2, 1); um.undo(); state()
BOOST_AUTO_TEST_CASE(half_an_emoji_comes_back_as_what_was_left_of_it) {
  Person ann(10);
  ann.type(0,
           "a\xF0\x9F\x98\x80"
           "b")
      .pause()
      .erase(2, 1)
      .back();
  BOOST_TEST(ann.state_hex() ==
             "01040a00040101740461efbfbd840a0103efbfbd840a020162c40a010a0203efbfbd010a010201");
}

// f.insert(0, 'abc'); Y.applyUpdate(d, Y.encodeStateAsUpdate(e), 'net'); const x =
// 'x'.repeat(3000) t.insert(0, x); um.stopCapturing(); t.delete(3000, 3); um.undo()
// Y.applyUpdate(e, Y.encodeStateAsUpdate(d), 'net'); f.delete(100, 100)
// Y.applyUpdate(d, Y.encodeStateAsUpdate(e), 'net'); state()
BOOST_AUTO_TEST_CASE(what_a_copy_is_joined_with_is_kept_with_it_however_long_it_is) {
  Person ann(10);
  Person ben(20);
  ben.type(0, "abc");
  ann.pull(ben).type(0, std::string(3000, 'x')).pause().erase(3000, 3).back();
  ben.pull(ann).erase(100, 100);
  ann.pull(ben);
  // Nobody could bring back what ben deleted, but for Yjs it is a part of what was undone.
  BOOST_TEST(ann.document.encode_state().find(std::string(90, 'x')) != std::string::npos);
  const std::string state = ann.state_hex();
  const std::string x = hex_of(std::string(100, 'x'));
  BOOST_TEST(state.find("64" + x + "c40a63140064" + x) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(undo_in_a_short_step_does_not_touch_the_rest_of_a_long_text) {
  Person ann(1);
  ann.type(0, paste()).pause().type(7000, "typed").pause().erase(6999, 3);
  const std::size_t items = ann.document.replica().items.in_use();
  ann.back().back();
  BOOST_TEST(ann.reads() == paste());
  BOOST_TEST(ann.document.replica().items.in_use() <= items + 4);
  ann.document.check_invariants();
}

// Nested types --------------------------------------------------------------------------------

// const m = d.getMap('m'); const um = new Y.UndoManager(m); m.set('k', new Y.Text())
// m.get('k').insert(0, 'abc'); um.stopCapturing(); m.get('k').insert(3, 'def')
// um.stopCapturing(); m.delete('k'); um.undo(); state(); um.undo(); state()
BOOST_AUTO_TEST_CASE(a_type_comes_back_with_what_was_in_it) {
  MapStory ann(10);
  ann.set_text("k").type_in(ann.nested("k"), 0, "abc").pause();
  ann.type_in(ann.nested("k"), 3, "def").pause();
  ann.unset("k").back();
  BOOST_TEST(ann.reads("k") == "abcdef");
  BOOST_TEST(ann.state_hex() ==
             "01040a002701016d016b0204000a0006616263646566a70a000204000a0706616263646566010a"
             "010007");
  ann.back();
  BOOST_TEST(ann.reads("k") == "abc");
  BOOST_TEST(
      ann.state_hex() ==
      "01060a002701016d016b0204000a0003616263840a0303646566a70a000204000a0703616263840a0a"
      "03646566010a0200070b03");
}

BOOST_AUTO_TEST_CASE(what_others_deleted_with_a_type_stays_deleted_with_it) {
  MapStory ann(1);
  MapStory ben(2);
  ann.set_text("k").type_in(ann.nested("k"), 0, "abc").pause();
  ben.pull(ann);
  ben.unset("k");
  ann.pull(ben).type(0, "elsewhere").back();
  BOOST_TEST(ann.reads("k") == "nothing");
  BOOST_TEST(!ann.takes_back());
  ann.document.check_invariants();
}

BOOST_AUTO_TEST_CASE(types_in_types_in_types_come_back_without_recursion) {
  constexpr int kDepth = 20'000;
  Person ann(1, {.everything = true});
  const TypeRef root = ann.document.array("a");
  ann.change([&](Document::Editor& edit) -> Result<void> {
    TypeRef inner = root;
    for (int depth = 0; depth < kDepth; ++depth) {
      auto made = edit.insert_type(inner, 0, TypeKind::Array);
      if (!made) return forward_error(made);
      inner = *made;
    }
    return edit.insert_value(inner, 0, any_integer(42));
  });
  ann.pause().erase_in(root, 0, 1).back().again().back();
  int depth = 0;
  TypeRef inner = root;
  const Replica& replica = ann.document.replica();
  while (replica.types[inner].sequence.total.units == 1) {
    const ItemRef item = replica.sequences.locate(replica.types[inner].sequence, 0).item;
    if (replica.type_of(item) == TypeRef::None) break;
    inner = replica.type_of(item);
    ++depth;
  }
  BOOST_TEST(depth == kDepth);
}

// Maps ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_old_value_of_a_key_comes_back) {
  MapStory ann(1);
  const std::string empty = ann.state_hex();
  ann.set("k", 1).pause();
  ann.set("k", 2).back();
  const Replica& replica = ann.document.replica();
  const auto value = [&] {
    const ItemRef item =
        replica.newest(replica.types[ann.map], ann.document.replica().intern("k"));
    return replica.items[item].deleted ? "nothing" : hex_of(replica.content(item));
  };
  BOOST_TEST(value() == hex_of(any_integer(1)));
  ann.again();
  BOOST_TEST(value() == hex_of(any_integer(2)));
  ann.back().back();
  BOOST_TEST(value() == "nothing");
}

// const m = d.getMap('m'); const um = new Y.UndoManager(m)
// const over = new Y.UndoManager(m, { ignoreRemoteMapChanges: true })
// m.set('k', 1); um.stopCapturing(); over.stopCapturing(); m.set('k', 2)
// Y.applyUpdate(e, Y.encodeStateAsUpdate(d), 'net'); e.getMap('m').set('k', 3)
// Y.applyUpdate(d, Y.encodeStateAsUpdate(e), 'net'); um.undo() // null
// over.undo(); state()
BOOST_AUTO_TEST_CASE(what_others_have_set_since_is_replaced_only_on_request) {
  for (const bool overwrite : {false, true}) {
    MapStory ann(10, overwrite);
    MapStory ben(20);
    ann.set("k", 1).pause();
    ann.set("k", 2);
    ben.pull(ann);
    ben.set("k", 3);
    ann.pull(ben);
    const std::string before = ann.state_hex();
    BOOST_TEST(ann.takes_back() == overwrite);
    if (overwrite) {
      BOOST_TEST(
          ann.state_hex() ==
          "02011400a80a01017d03030a002801016d016b017d01a10a0001a81400017d0102140100010a01"
          "0002");
    } else {
      BOOST_TEST(ann.state_hex() == before);
    }
  }
}

// Everything at once --------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(whoever_undoes_and_redoes_whatever_everybody_ends_in_the_same_state) {
  constexpr std::array<std::string_view, 4> kWords = {"a", "words ", "\xF0\x9F\x98\x80", "\n"};
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int history = 0; history < 40; ++history) {
    const bool collect = !random.one_in(3);
    Person ann(1, {.collect = collect});
    Person ben(2, {.collect = collect});
    Person cem(3, {.collect = collect});
    const std::array<Person*, 3> all = {&ann, &ben, &cem};
    for (int step = 0; step < 60; ++step) {
      Person& person = *random.pick(all);
      const std::uint32_t length = person.document.length(person.text).value();
      const auto at = static_cast<std::uint32_t>(random.below(length + 1U));
      switch (random.below(8)) {
        case 0:
        case 1:
        case 2: person.type(at, random.pick(kWords)); break;
        case 3: person.erase(at, at < length ? 1 : 0); break;
        case 4: static_cast<void>(person.takes_back()); break;
        case 5: static_cast<void>(person.does_again()); break;
        case 6: person.pause(); break;
        default: person.pull(*random.pick(all)); break;
      }
      person.document.check_invariants();
    }
    meet(ann, ben);
    meet(ben, cem);
    meet(ann, cem);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
