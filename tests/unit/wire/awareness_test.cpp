#include "protocol/wire/awareness.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocol/base/hex.h"
#include "tests/support/vectors.h"

namespace plait::wire {
namespace {

using jsonrpc::Json;

std::string encoded(const std::vector<AwarenessState>& states) {
  ByteWriter out;
  encode_awareness(states, out);
  return out.str();
}

Json as_json(const std::vector<AwarenessState>& states) {
  Json::Array list;
  for (const AwarenessState& state : states) {
    list.push_back(Json(Json::Object{{"client", Json(static_cast<std::int64_t>(state.client))},
                                     {"clock", Json(static_cast<std::int64_t>(state.clock))},
                                     {"json", Json(state.json)}}));
  }
  return Json(std::move(list));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(awareness)

BOOST_AUTO_TEST_CASE(states_of_the_vectors_are_read_and_written) {
  for (const char* file : {"wire/awareness.json", "wire/y-protocols.json"}) {
    const Json vectors = support::read_vectors(file);
    for (const Json& one : support::cases_of(vectors, "awareness")) {
      BOOST_TEST_CONTEXT(support::text_of(one, "name")) {
        const std::string bytes = support::bytes_of(one, "bytes");
        const auto states = decode_awareness(bytes);
        BOOST_TEST_REQUIRE(states.has_value());
        BOOST_TEST(write_json(as_json(*states)) == write_json(*one.find("states")));
        BOOST_TEST(hex_of(encoded(*states)) == hex_of(bytes));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_vectors_refuse_is_refused) {
  const Json vectors = support::read_vectors("wire/awareness.json");
  for (const Json& one : support::cases_of(vectors, "refused")) {
    const auto states = decode_awareness(support::bytes_of(one, "bytes"));
    BOOST_TEST_REQUIRE(!states.has_value(), support::text_of(one, "name"));
    BOOST_TEST(name_of(states.error().code) == support::text_of(one, "error"));
  }
}

BOOST_AUTO_TEST_CASE(a_state_of_null_says_that_its_client_is_gone) {
  BOOST_TEST((AwarenessState{1, 2, "null"}.is_gone()));
  BOOST_TEST(!(AwarenessState{1, 2, "{}"}.is_gone()));
}

BOOST_AUTO_TEST_CASE(there_may_be_as_many_states_as_the_limit) {
  const auto many = [](std::size_t count) {
    std::vector<AwarenessState> states;
    for (std::size_t i = 0; i < count; ++i) states.push_back({i, 0, "{}"});
    return decode_awareness(encoded(states)).has_value();
  };
  BOOST_TEST(many(kMaxAwarenessStates));
  BOOST_TEST(!many(kMaxAwarenessStates + 1));
}

BOOST_AUTO_TEST_CASE(a_state_may_be_as_long_as_the_limit) {
  const auto accepted = [](std::size_t size) {
    return decode_awareness(encoded({{1, 0, std::string(size, 'x')}})).has_value();
  };
  BOOST_TEST(accepted(kMaxAwarenessStateBytes));
  BOOST_TEST(!accepted(kMaxAwarenessStateBytes + 1));
}

BOOST_AUTO_TEST_CASE(every_beginning_is_cut_short) {
  const std::string whole = encoded({{300, 7, R"({"a":1})"}, {5, 0, "null"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto states = decode_awareness(whole.substr(0, size));
    BOOST_TEST_REQUIRE(!states.has_value());
    BOOST_TEST((states.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_claimed_count_reserves_no_memory) {
  ByteWriter out;
  out.put_varuint(kMaxVarUint);
  BOOST_TEST(!decode_awareness(out.view()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::wire
