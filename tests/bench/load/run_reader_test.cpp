#include "tests/bench/load/run_reader.h"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/update_merge.h"
#include "tests/bench/load/typist.h"

namespace plait::load {
namespace {

struct Read {
  std::uint64_t client;
  std::uint32_t clock;
  std::string text;
};

std::vector<Read> read(std::string_view update) {
  std::vector<Read> runs;
  RunReader reader;
  const auto done = reader.read(update, [&](const TextRun& run) {
    runs.push_back({run.client, run.clock, std::string(run.text)});
  });
  BOOST_TEST_REQUIRE(done.has_value());
  return runs;
}

std::string text_of(Nanoseconds time) {
  const Stamp stamp = stamp_of(time);
  return {stamp.data(), stamp.size()};
}

BOOST_AUTO_TEST_SUITE(run_reader)

BOOST_AUTO_TEST_CASE(it_reads_what_a_typist_types) {
  Typist ann(300);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const auto runs = read(ann.type(1000 + i));
    BOOST_TEST_REQUIRE(runs.size() == 1U);
    BOOST_TEST(runs[0].client == 300U);
    BOOST_TEST(runs[0].clock == i * kStampUnits);
    BOOST_TEST(runs[0].text == text_of(1000 + i));
  }
  BOOST_TEST(ann.edits() == 3U);
  BOOST_TEST(ann.clock() == 3 * kStampUnits);
}

BOOST_AUTO_TEST_CASE(the_engine_takes_what_a_typist_types) {
  Typist ann(300);
  crdt::Document document({});
  std::string expected;
  for (Nanoseconds i = 0; i < 5; ++i) {
    BOOST_TEST_REQUIRE(document.apply(ann.type(i)).has_value());
    expected += text_of(i);
  }
  BOOST_TEST(!document.has_pending());
  BOOST_TEST(document.to_string(document.text(kTextRoot)) == expected);
}

BOOST_AUTO_TEST_CASE(it_reads_what_a_server_has_merged) {
  Typist ann(300);
  Typist bob(301);
  const std::vector<std::string> updates{std::string(ann.type(1)), std::string(bob.type(2)),
                                         std::string(ann.type(3))};
  const std::vector<std::string_view> views(updates.begin(), updates.end());
  const auto merged = crdt::merge_updates(views);
  BOOST_TEST_REQUIRE(merged.has_value());
  std::string of_ann;
  std::string of_bob;
  for (const Read& run : read(*merged)) {
    std::string& text = run.client == 300 ? of_ann : of_bob;
    BOOST_TEST(run.clock == text.size());
    text += run.text;
  }
  BOOST_TEST(of_ann == text_of(1) + text_of(3));
  BOOST_TEST(of_bob == text_of(2));
}

BOOST_AUTO_TEST_CASE(an_update_with_nothing_in_it_has_no_runs) {
  BOOST_TEST(read({"\0\0", 2}).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_typed_text_is_refused) {
  RunReader reader;
  const auto ignore = [](const TextRun&) {};
  BOOST_TEST(!reader.read("nonsense", ignore).has_value());
  crdt::Document document({.client = crdt::ClientId{7}});
  BOOST_TEST_REQUIRE(
      document.insert(document.text(kTextRoot), Utf16Offset{0}, "\xC3\xA9").has_value());
  BOOST_TEST(!reader.read(document.encode_state(), ignore).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::load
