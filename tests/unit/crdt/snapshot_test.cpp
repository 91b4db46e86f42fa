#include "daemon/crdt/snapshot.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;

// const d = new Y.Doc({ gc: false }); d.clientID = 5; const t = d.getText('t')
// t.insert(0, 'hello world'); t.delete(2, 3); t.delete(6, 1)
// const e = new Y.Doc({ gc: false }); e.clientID = 9
// Y.applyUpdate(e, Y.encodeStateAsUpdate(d)); e.getText('t').insert(0, 'x')
// e.getText('t').delete(0, 2); Y.encodeSnapshot(Y.snapshot(e))
const std::string kFromYjs =
    "02090100010503000102030901"
    "020901050b";

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshot)

BOOST_AUTO_TEST_CASE(the_form_is_that_of_yjs) {
  const auto decoded = Snapshot::decode(bytes_of_hex(kFromYjs));
  BOOST_TEST_REQUIRE(decoded.has_value());
  BOOST_TEST(hex_of(decoded->encode()) == kFromYjs);
  BOOST_TEST(hex_of(Snapshot{}.encode()) == "0000");
}

BOOST_AUTO_TEST_CASE(it_shows_what_was_there_and_not_deleted) {
  const auto decoded = Snapshot::decode(bytes_of_hex(kFromYjs));
  BOOST_TEST_REQUIRE(decoded.has_value());
  BOOST_TEST(!decoded->shows({ClientId{5}, Clock(0)}));
  BOOST_TEST(decoded->shows({ClientId{5}, Clock(1)}));
  BOOST_TEST(!decoded->shows({ClientId{5}, Clock(4)}));
  BOOST_TEST(decoded->shows({ClientId{5}, Clock(10)}));
  BOOST_TEST(!decoded->shows({ClientId{5}, Clock(11)}));
  BOOST_TEST(!decoded->shows({ClientId{9}, Clock(0)}));
  BOOST_TEST(!decoded->shows({ClientId{1}, Clock(0)}));
}

BOOST_AUTO_TEST_CASE(snapshots_are_equal_if_both_parts_are) {
  const auto a = Snapshot::decode(bytes_of_hex(kFromYjs));
  auto b = Snapshot::decode(bytes_of_hex(kFromYjs));
  BOOST_TEST_REQUIRE((a && b));
  BOOST_TEST((*a == *b));
  b->deletes.add(ClientId{5}, Clock(1), 1);
  BOOST_TEST(!(*a == *b));
  b = a;
  b->state.set(ClientId{5}, Clock(12));
  BOOST_TEST(!(*a == *b));
}

BOOST_AUTO_TEST_CASE(nothing_may_be_missing_or_left_over) {
  const std::string whole = bytes_of_hex(kFromYjs);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(!Snapshot::decode({whole.data(), size}).has_value());
  }
  BOOST_TEST(!Snapshot::decode(whole + "\x01").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
