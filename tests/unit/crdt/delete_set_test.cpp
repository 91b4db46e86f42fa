#include "daemon/crdt/delete_set.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crdt {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

struct Story {
  DeleteSet deletes;

  Story& remove(std::uint64_t client, std::uint32_t clock, std::uint32_t length) {
    deletes.add(ClientId{client}, Clock(clock), length);
    return *this;
  }
  [[nodiscard]] bool has(std::uint64_t client, std::uint32_t clock) const {
    return deletes.contains({ClientId{client}, Clock(clock)});
  }
  /// "9:2+1 1:0+3" for two ranges.
  [[nodiscard]] std::string ranges() const {
    deletes.check_invariants();
    std::string text;
    for (const DeleteRange& range : deletes.ranges()) {
      if (!text.empty()) text += ' ';
      text += std::to_string(number(range.client)) + ":" + std::to_string(range.clock.value()) +
              "+" + std::to_string(range.length);
    }
    return text;
  }
};

std::string ranges_of_hex(std::string_view digits) {
  auto decoded = DeleteSet::decode(bytes_of_hex(digits));
  return decoded ? Story{std::move(*decoded)}.ranges() : decoded.error().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delete_set)

BOOST_AUTO_TEST_CASE(nothing_is_deleted_at_first) {
  Story story;
  BOOST_TEST(story.deletes.empty());
  BOOST_TEST(!story.has(1, 0));
  BOOST_TEST(story.ranges() == "");
  story.remove(1, 5, 0);
  BOOST_TEST(story.deletes.empty());
}

BOOST_AUTO_TEST_CASE(ranges_are_sorted_with_the_highest_client_first) {
  Story story;
  story.remove(1, 10, 2).remove(7, 3, 1).remove(1, 0, 2).remove(3, 5, 5);
  BOOST_TEST(story.ranges() == "7:3+1 3:5+5 1:0+2 1:10+2");
}

BOOST_AUTO_TEST_CASE(ranges_that_touch_or_overlap_become_one) {
  BOOST_TEST(Story().remove(1, 0, 2).remove(1, 2, 3).ranges() == "1:0+5");
  BOOST_TEST(Story().remove(1, 2, 3).remove(1, 0, 2).ranges() == "1:0+5");
  BOOST_TEST(Story().remove(1, 0, 9).remove(1, 2, 3).ranges() == "1:0+9");
  BOOST_TEST(Story().remove(1, 4, 2).remove(1, 0, 2).remove(1, 2, 2).ranges() == "1:0+6");
  BOOST_TEST(Story().remove(1, 0, 2).remove(1, 3, 2).ranges() == "1:0+2 1:3+2");
  BOOST_TEST(Story().remove(1, 0, 2).remove(2, 2, 2).ranges() == "2:2+2 1:0+2");
}

BOOST_AUTO_TEST_CASE(backspace_into_an_earlier_range_joins_it) {
  Story story;
  story.remove(1, 0, 3).remove(1, 6, 2).remove(1, 5, 1).remove(1, 4, 1).remove(1, 3, 1);
  BOOST_TEST(story.ranges() == "1:0+8");
}

BOOST_AUTO_TEST_CASE(ids_are_found_in_their_ranges_only) {
  Story story;
  story.remove(5, 10, 3).remove(5, 20, 1).remove(2, 0, 1);
  BOOST_TEST(!story.has(5, 9));
  BOOST_TEST(story.has(5, 10));
  BOOST_TEST(story.has(5, 12));
  BOOST_TEST(!story.has(5, 13));
  BOOST_TEST(story.has(5, 20));
  BOOST_TEST(!story.has(5, 21));
  BOOST_TEST(!story.has(4, 10));
  BOOST_TEST(!story.has(6, 10));
  BOOST_TEST(story.has(2, 0));
  BOOST_TEST(!story.has(1, 0));
}

BOOST_AUTO_TEST_CASE(one_clients_ranges_can_be_looked_at) {
  Story story;
  story.remove(5, 10, 3).remove(2, 0, 1).remove(5, 20, 1);
  BOOST_TEST(story.deletes.ranges_of(ClientId{5}).size() == 2U);
  BOOST_TEST(
      (story.deletes.ranges_of(ClientId{2}).front() == DeleteRange{ClientId{2}, Clock(0), 1}));
  BOOST_TEST(story.deletes.ranges_of(ClientId{3}).empty());
}

BOOST_AUTO_TEST_CASE(looking_in_between_changes_nothing) {
  Story story;
  story.remove(1, 5, 1);
  BOOST_TEST(story.ranges() == "1:5+1");
  story.remove(1, 3, 1);
  BOOST_TEST(story.ranges() == "1:3+1 1:5+1");
  story.remove(1, 4, 1);
  BOOST_TEST(story.ranges() == "1:3+3");
}

BOOST_AUTO_TEST_CASE(sets_are_added_to_one_another) {
  Story a;
  a.remove(1, 0, 2).remove(3, 0, 1);
  Story b;
  b.remove(1, 2, 2).remove(2, 7, 1);
  a.deletes.add(b.deletes);
  BOOST_TEST(a.ranges() == "3:0+1 2:7+1 1:0+4");
  a.deletes.add(a.deletes);
  BOOST_TEST(a.ranges() == "3:0+1 2:7+1 1:0+4");
}

BOOST_AUTO_TEST_CASE(sets_are_equal_however_they_came_about) {
  Story a;
  a.remove(1, 0, 2).remove(1, 2, 1).remove(2, 0, 1);
  Story b;
  b.remove(2, 0, 1).remove(1, 1, 2).remove(1, 0, 1);
  BOOST_TEST((a.deletes == b.deletes));
  b.remove(1, 3, 1);
  BOOST_TEST(!(a.deletes == b.deletes));
}

BOOST_AUTO_TEST_CASE(clearing_forgets_everything) {
  Story story;
  story.remove(1, 5, 1).remove(1, 0, 1);
  story.deletes.clear();
  BOOST_TEST(story.deletes.empty());
  BOOST_TEST(story.remove(1, 9, 1).ranges() == "1:9+1");
}

// The delete set at the start of the snapshot in snapshot_test.cpp.
const std::string kFromYjs = "02090100010503000102030901";

BOOST_AUTO_TEST_CASE(the_form_is_that_of_yjs) {
  BOOST_TEST(ranges_of_hex(kFromYjs) == "9:0+1 5:0+1 5:2+3 5:9+1");
  BOOST_TEST(hex_of(DeleteSet::decode(bytes_of_hex(kFromYjs))->encode()) == kFromYjs);
  BOOST_TEST(hex_of(DeleteSet{}.encode()) == "00");
}

BOOST_AUTO_TEST_CASE(any_order_is_read) {
  BOOST_TEST(ranges_of_hex("02 01 02 05 01 00 02 09 01 00 01") == "9:0+1 1:0+2 1:5+1");
  BOOST_TEST(ranges_of_hex("02 01 01 05 01 01 01 04 01") == "1:4+2");
  BOOST_TEST(ranges_of_hex("02 01 00 02 01 00 01") == "2:0+1");
}

BOOST_AUTO_TEST_CASE(ranges_have_limits) {
  BOOST_TEST(ranges_of_hex("01 01 01 ff ff ff ff 07 01") == "1:2147483647+1");
  BOOST_TEST(ranges_of_hex("01 01 01 00 80 80 80 80 08") == "1:0+2147483648");
  BOOST_TEST(ranges_of_hex("01 01 01 ff ff ff ff 07 02") == "a deletion reaches beyond 2^31");
  BOOST_TEST(ranges_of_hex("01 01 01 80 80 80 80 08 01") == "a deletion reaches beyond 2^31");
  BOOST_TEST(ranges_of_hex("01 01 01 01 ff ff ff ff ff ff ff 0f") ==
             "a deletion reaches beyond 2^31");
  BOOST_TEST(ranges_of_hex("01 01 01 05 00") == "a deletion is empty");
}

BOOST_AUTO_TEST_CASE(nothing_may_be_missing_or_left_over) {
  const std::string whole = bytes_of_hex(kFromYjs);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(!DeleteSet::decode({whole.data(), size}).has_value());
  }
  BOOST_TEST(!DeleteSet::decode(whole + "\x01").has_value());
  BOOST_TEST(!DeleteSet::decode(bytes_of_hex("ff ff ff ff ff ff ff 0f")).has_value());
  BOOST_TEST(
      !DeleteSet::decode(bytes_of_hex("01 01 ff ff ff ff ff ff ff 0f 00 01")).has_value());
}

BOOST_AUTO_TEST_CASE(it_behaves_like_a_set_of_ids) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 200; ++round) {
    Story story;
    std::set<std::pair<std::uint64_t, std::uint32_t>> expected;
    for (std::size_t left = random.below(30); left > 0; --left) {
      const std::uint64_t client = random.below(3);
      const auto clock = static_cast<std::uint32_t>(random.below(60));
      const auto length = static_cast<std::uint32_t>(random.below(5));
      story.remove(client, clock, length);
      for (std::uint32_t i = 0; i < length; ++i) expected.emplace(client, clock + i);
      if (random.one_in(8)) story.deletes.check_invariants();
    }
    std::size_t units = 0;
    for (const DeleteRange& range : story.deletes.ranges()) units += range.length;
    BOOST_TEST_REQUIRE(units == expected.size());
    for (std::uint64_t client = 0; client < 4; ++client) {
      for (std::uint32_t clock = 0; clock < 66; ++clock) {
        BOOST_TEST_REQUIRE(story.has(client, clock) == expected.contains({client, clock}));
      }
    }
    story.deletes.check_invariants();
    const auto decoded = DeleteSet::decode(story.deletes.encode());
    BOOST_TEST_REQUIRE(decoded.has_value());
    BOOST_TEST_REQUIRE((*decoded == story.deletes));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
