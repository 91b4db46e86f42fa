#include "daemon/crdt/run_index.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::SeededRandom;

/// The same in one flat array, where an entry is found by looking at all of them.
struct Model {
  std::vector<RunIndex::Entry> entries;
  std::uint32_t end = 0;

  [[nodiscard]] std::size_t covering(std::uint32_t clock) const {
    std::size_t at = 0;
    while (at + 1 < entries.size() && entries[at + 1].start.value() <= clock) ++at;
    return at;
  }
  [[nodiscard]] std::uint32_t length(std::size_t at) const {
    const std::uint32_t next = at + 1 < entries.size() ? entries[at + 1].start.value() : end;
    return next - entries[at].start.value();
  }
};

class Fixture {
 public:
  SeededRandom random;
  RunIndex runs;
  Model model;

  void append(std::uint32_t length) {
    const ItemRef item{++items_};
    runs.append(item, length);
    model.entries.push_back({Clock(model.end), item});
    model.end += length;
  }
  void extend(std::uint32_t length) {
    runs.extend_last(length);
    model.end += length;
  }
  void cut_somewhere() {
    const std::size_t at = random.below(model.entries.size());
    if (model.length(at) < 2) return;
    const auto offset = static_cast<std::uint32_t>(1 + random.below(model.length(at) - 1));
    const RunIndex::Entry right{model.entries[at].start + offset, ItemRef{++items_}};
    runs.insert_after(runs.find(model.entries[at].start), right);
    model.entries.insert(model.entries.begin() + static_cast<std::ptrdiff_t>(at) + 1, right);
  }
  void join_somewhere() {
    if (model.entries.size() < 2) return;
    const std::size_t at = 1 + random.below(model.entries.size() - 1);
    runs.erase(runs.find(model.entries[at].start));
    model.entries.erase(model.entries.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void move_a_border() {
    if (model.entries.size() < 2) return;
    const std::size_t at = 1 + random.below(model.entries.size() - 1);
    const std::uint32_t room = model.length(at - 1) + model.length(at);
    const auto left = static_cast<std::uint32_t>(1 + random.below(room - 1));
    const RunIndex::Position position = runs.find(model.entries[at].start);
    model.entries[at].start = model.entries[at - 1].start + left;
    runs.set_start(position, model.entries[at].start);
  }

  [[nodiscard]] bool finds(std::uint32_t clock) const {
    const RunIndex::Entry& found = runs.at(runs.find(Clock(clock)));
    const RunIndex::Entry& wanted = model.entries[model.covering(clock)];
    return found.item == wanted.item && found.start == wanted.start;
  }
  [[nodiscard]] bool walks_both_ways() const {
    RunIndex::Position at = runs.first();
    for (std::size_t i = 0; i < model.entries.size(); ++i) {
      if (runs.at(at).item != model.entries[i].item) return false;
      if (runs.advance(at) != (i + 1 < model.entries.size())) return false;
    }
    at = runs.last();
    for (std::size_t i = model.entries.size(); i-- > 0;) {
      if (runs.at(at).item != model.entries[i].item) return false;
      if (runs.retreat(at) != (i > 0)) return false;
    }
    return true;
  }

 private:
  std::uint32_t items_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_index, Fixture)

BOOST_AUTO_TEST_CASE(a_new_index_is_empty_and_ends_at_zero) {
  BOOST_TEST(runs.empty());
  BOOST_TEST((runs.end() == Clock{}));
}

BOOST_AUTO_TEST_CASE(every_clock_leads_to_the_entry_that_covers_it) {
  for (const std::uint32_t length : {3U, 1U, 5U}) append(length);
  extend(2);
  BOOST_TEST((runs.end() == Clock(11)));
  for (std::uint32_t clock = 0; clock < 11; ++clock) BOOST_TEST(finds(clock));
}

BOOST_AUTO_TEST_CASE(entries_are_found_over_many_blocks) {
  for (std::uint32_t i = 0; i < 2000; ++i) append(1 + i % 3);
  for (std::uint32_t clock = 0; clock < model.end; clock += 7) BOOST_TEST(finds(clock));
  for (std::uint32_t clock = model.end; clock-- > 0;) BOOST_TEST(finds(clock));
  BOOST_TEST(walks_both_ways());
  runs.check_invariants();
}

BOOST_AUTO_TEST_CASE(a_block_whose_entries_all_go_is_gone) {
  for (std::uint32_t i = 0; i < 1000; ++i) append(1);
  // All but the first entry are taken over by their left neighbours, from the back.
  while (model.entries.size() > 1) {
    runs.erase(runs.find(model.entries.back().start));
    model.entries.pop_back();
  }
  BOOST_TEST((runs.end() == Clock(1000)));
  BOOST_TEST(finds(999));
  BOOST_TEST(walks_both_ways());
  runs.check_invariants();
}

BOOST_AUTO_TEST_CASE(it_stays_equal_to_a_flat_array_under_random_changes) {
  BOOST_TEST_INFO_SCOPE(random);
  append(400);
  for (int step = 0; step < 6000; ++step) {
    switch (random.below(8)) {
      case 0: append(static_cast<std::uint32_t>(1 + random.below(9))); break;
      case 1: extend(static_cast<std::uint32_t>(1 + random.below(9))); break;
      case 2: join_somewhere(); break;
      case 3: move_a_border(); break;
      default: cut_somewhere();
    }
    BOOST_TEST_REQUIRE((runs.end() == Clock(model.end)));
    for (int i = 0; i < 4; ++i) {
      BOOST_TEST_REQUIRE(finds(static_cast<std::uint32_t>(random.below(model.end))));
    }
    if (step % 500 == 0) {
      BOOST_TEST_REQUIRE(walks_both_ways());
      runs.check_invariants();
    }
  }
  BOOST_TEST(walks_both_ways());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
