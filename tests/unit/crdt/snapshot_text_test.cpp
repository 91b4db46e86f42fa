#include "daemon/crdt/snapshot_text.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"
#include "tests/unit/crdt/person.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;

constexpr Person::Settings kKeepsAll{.collect = false};

std::string text_then(const Person& person, const Snapshot& moment) {
  auto text = person.document.text_at(moment, person.text);
  return text ? *text : text.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(snapshot_text)

BOOST_AUTO_TEST_CASE(every_moment_of_a_text_can_be_read) {
  Person ann(1, kKeepsAll);
  Person ben(2, kKeepsAll);
  std::vector<std::pair<Snapshot, std::string>> moments;
  const auto remember = [&] { moments.emplace_back(ann.document.snapshot(), ann.reads()); };
  remember();
  ann.type(0, "hello world");
  remember();
  ann.erase(2, 6);
  remember();
  ben.pull(ann).type(2, "\xF0\x9F\x98\x80");
  ann.pull(ben);
  remember();
  ann.pause().erase(0, 4).type(0, "wo");
  remember();
  ann.back();
  remember();
  for (const auto& [moment, text] : moments) BOOST_TEST(text_then(ann, moment) == text);
  BOOST_TEST(ann.reads() == "he\xF0\x9F\x98\x80rld");
}

BOOST_AUTO_TEST_CASE(looking_back_changes_nothing) {
  Person ann(1, kKeepsAll);
  ann.type(0, "abc");
  const Snapshot early = ann.document.snapshot();
  ann.type(3, "def").erase(1, 4);
  const std::string before = ann.state_hex();
  BOOST_TEST(text_then(ann, early) == "abc");
  BOOST_TEST(ann.state_hex() == before);
}

BOOST_AUTO_TEST_CASE(a_replica_that_has_more_can_read_it_too) {
  Person ann(1, kKeepsAll);
  Person ben(2, kKeepsAll);
  ann.type(0, "abc").erase(1, 1);
  const Snapshot early = ann.document.snapshot();
  ben.type(0, "ben's ");
  ben.pull(ann).erase(0, 2);
  BOOST_TEST(text_then(ben, early) == "ac");
}

BOOST_AUTO_TEST_CASE(the_future_cannot_be_read) {
  Person ann(1, kKeepsAll);
  Person ben(2, kKeepsAll);
  ann.type(0, "abc");
  ben.pull(ann);
  ann.type(3, "d");
  const auto text = ben.document.text_at(ann.document.snapshot(), ben.text);
  BOOST_TEST_REQUIRE(!text.has_value());
  BOOST_TEST((text.error().code == ErrorCode::OutOfRange));
}

BOOST_AUTO_TEST_CASE(a_document_that_collects_has_no_past) {
  Person ann(1);
  ann.type(0, "abc");
  const auto text = ann.document.text_at(ann.document.snapshot(), ann.text);
  BOOST_TEST_REQUIRE(!text.has_value());
  BOOST_TEST((text.error().code == ErrorCode::Unsupported));
}

// const d = new Y.Doc({ gc: false }); d.clientID = 1; const t = d.getText('t')
// t.insert(0, 'a😀b😀c'); const s = Y.snapshot(d); s.sv.set(1, 5)
// s.ds.clients.set(1, [{ clock: 1, len: 1 }]); Y.createDocFromSnapshot(d,
// s).getText('t').toString()
BOOST_AUTO_TEST_CASE(half_a_pair_is_shown_as_in_yjs) {
  Person ann(1, kKeepsAll);
  ann.type(0,
           "a\xF0\x9F\x98\x80"
           "b\xF0\x9F\x98\x80"
           "c");
  Snapshot moment;
  moment.state.set(ClientId{1}, Clock(5));
  moment.deletes.add(ClientId{1}, Clock(1), 1);
  BOOST_TEST(text_then(ann, moment) ==
             "a\xEF\xBF\xBD"
             "b\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(the_past_of_a_long_history_is_what_it_was) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  Person ann(1, kKeepsAll);
  Person ben(2, kKeepsAll);
  std::vector<std::pair<Snapshot, std::string>> moments;
  for (int i = 0; i < 200; ++i) {
    Person& person = random.one_in(2) ? ann : ben;
    const std::uint32_t length = person.document.length(person.text).value();
    const auto at = static_cast<std::uint32_t>(random.below(length + 1U));
    if (random.one_in(3) && at < length) {
      person.erase(at, 1 + static_cast<std::uint32_t>(random.below(length - at)) / 2);
    } else {
      person.type(at, std::string(1 + random.below(random.one_in(10) ? 3000 : 9), 'x'));
    }
    if (random.one_in(8)) meet(ann, ben);
    if (random.one_in(4)) moments.emplace_back(ann.document.snapshot(), ann.reads());
  }
  meet(ann, ben);
  for (const auto& [moment, text] : moments) {
    BOOST_TEST(text_then(ann, moment) == text);
    BOOST_TEST(text_then(ben, moment) == text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
