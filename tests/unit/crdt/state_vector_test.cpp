#include "daemon/crdt/state_vector.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

StateVector::Entry entry(std::uint64_t client, std::uint32_t clock) {
  return {ClientId{client}, Clock(clock)};
}

Result<StateVector> decode(std::string_view digits) {
  return StateVector::decode(bytes_of_hex(digits));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(state_vector)

BOOST_AUTO_TEST_CASE(unknown_clients_are_at_zero) {
  const StateVector state;
  BOOST_TEST(state.empty());
  BOOST_TEST(state.get(ClientId{1}).value() == 0U);
  BOOST_TEST(!state.has({ClientId{1}, Clock(0)}));
}

BOOST_AUTO_TEST_CASE(what_was_set_is_there) {
  StateVector state;
  state.set(ClientId{1}, Clock(5));
  state.set(ClientId{9}, Clock(2));
  state.set(ClientId{4}, Clock(7));
  state.set(ClientId{1}, Clock(6));
  state.check_invariants();
  BOOST_TEST(state.get(ClientId{1}).value() == 6U);
  BOOST_TEST(state.get(ClientId{4}).value() == 7U);
  BOOST_TEST(state.has({ClientId{4}, Clock(6)}));
  BOOST_TEST(!state.has({ClientId{4}, Clock(7)}));
  BOOST_TEST((state.entries().front() == entry(9, 2)));
  BOOST_TEST(state.entries().size() == 3U);
}

BOOST_AUTO_TEST_CASE(clock_zero_is_no_entry) {
  StateVector state;
  state.set(ClientId{1}, Clock(0));
  BOOST_TEST(state.empty());
  state.set(ClientId{1}, Clock(3));
  state.set(ClientId{1}, Clock(0));
  BOOST_TEST(state.empty());
  BOOST_TEST((StateVector({entry(1, 0), entry(2, 1)}) == StateVector({entry(2, 1)})));
}

BOOST_AUTO_TEST_CASE(of_several_entries_for_one_client_the_highest_counts) {
  const StateVector state({entry(2, 1), entry(1, 4), entry(2, 7), entry(1, 3)});
  state.check_invariants();
  BOOST_TEST((state == StateVector({entry(1, 4), entry(2, 7)})));
}

BOOST_AUTO_TEST_CASE(one_includes_another_if_it_is_nowhere_behind) {
  const StateVector state({entry(1, 4), entry(2, 7), entry(5, 1)});
  BOOST_TEST(state.includes(state));
  BOOST_TEST(state.includes(StateVector{}));
  BOOST_TEST(state.includes(StateVector({entry(1, 3), entry(5, 1)})));
  BOOST_TEST(!state.includes(StateVector({entry(1, 5)})));
  BOOST_TEST(!state.includes(StateVector({entry(3, 1)})));
  BOOST_TEST(!state.includes(StateVector({entry(9, 1)})));
  BOOST_TEST(!StateVector{}.includes(state));
}

// const d = new Y.Doc(); d.clientID = 5; d.getText('t').insert(0, 'hello world')
// const e = new Y.Doc(); e.clientID = 9; Y.applyUpdate(e, Y.encodeStateAsUpdate(d))
// e.getText('t').insert(0, 'x'); Y.encodeStateVector(e)
const std::string kFromYjs = "020901050b";

BOOST_AUTO_TEST_CASE(the_form_is_that_of_yjs) {
  const auto state = decode(kFromYjs);
  BOOST_TEST_REQUIRE(state.has_value());
  BOOST_TEST((*state == StateVector({entry(5, 11), entry(9, 1)})));
  BOOST_TEST(hex_of(state->encode()) == kFromYjs);
  BOOST_TEST(hex_of(StateVector{}.encode()) == "00");
}

BOOST_AUTO_TEST_CASE(clients_may_come_in_any_order_but_once) {
  const auto state = decode("03 01 04 09 02 05 03");
  BOOST_TEST_REQUIRE(state.has_value());
  state->check_invariants();
  BOOST_TEST(hex_of(state->encode()) == "03090205030104");
  BOOST_TEST(!decode("02 01 04 01 04"));
  BOOST_TEST(!decode("03 01 00 02 01 01 04"));
}

BOOST_AUTO_TEST_CASE(entries_at_zero_are_read_and_forgotten) {
  const auto state = decode("02 01 00 02 01");
  BOOST_TEST_REQUIRE(state.has_value());
  state->check_invariants();
  BOOST_TEST(hex_of(state->encode()) == "010201");
}

BOOST_AUTO_TEST_CASE(clocks_have_a_limit) {
  BOOST_TEST(decode("01 01 80 80 80 80 08").has_value());   // 2^31
  BOOST_TEST(!decode("01 01 81 80 80 80 08").has_value());  // 2^31 + 1
  BOOST_TEST(!decode("01 01 ff ff ff ff ff ff ff 0f").has_value());
}

BOOST_AUTO_TEST_CASE(clients_have_53_bits) {
  const auto state = decode("01 ff ff ff ff ff ff ff 0f 01");
  BOOST_TEST_REQUIRE(state.has_value());
  BOOST_TEST(state->get(ClientId{kMaxVarUint}).value() == 1U);
  BOOST_TEST(!decode("01 80 80 80 80 80 80 80 10 01").has_value());
}

BOOST_AUTO_TEST_CASE(nothing_may_be_missing_or_left_over) {
  const std::string whole = bytes_of_hex("02 89 01 05 02 01");
  BOOST_TEST_REQUIRE(StateVector::decode(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(!StateVector::decode({whole.data(), size}).has_value());
  }
  BOOST_TEST(!StateVector::decode(whole + "\x01").has_value());
  BOOST_TEST(!decode("ff ff ff ff ff ff ff 0f 01 01").has_value());
}

BOOST_AUTO_TEST_CASE(it_can_be_part_of_something_longer) {
  const std::string bytes = bytes_of_hex("01 05 02 77");
  ByteReader reader(bytes);
  const auto state = StateVector::read(reader);
  BOOST_TEST_REQUIRE(state.has_value());
  BOOST_TEST(hex_of(reader.rest()) == "77");
}

BOOST_AUTO_TEST_CASE(it_behaves_like_a_map) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  StateVector state;
  std::map<std::uint64_t, std::uint32_t> expected;
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t client = random.below(40);
    const auto clock = static_cast<std::uint32_t>(random.below(4));
    state.set(ClientId{client}, Clock(clock));
    expected[client] = clock;
    if (clock == 0) expected.erase(client);
    state.check_invariants();
    BOOST_TEST_REQUIRE(state.entries().size() == expected.size());
    const std::uint64_t other = random.below(40);
    const auto found = expected.find(other);
    BOOST_TEST_REQUIRE(state.get(ClientId{other}).value() ==
                       (found == expected.end() ? 0U : found->second));
    if (i % 100 == 0) {
      const auto decoded = StateVector::decode(state.encode());
      BOOST_TEST_REQUIRE(decoded.has_value());
      BOOST_TEST_REQUIRE((*decoded == state));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
