#include "daemon/server/state_size.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "daemon/crdt/update_validator.h"
#include "tests/support/seeded_random.h"

namespace plait::server {
namespace {

/// Somebody whose updates a document takes as long as its size allows.
struct Desk {
  explicit Desk(std::size_t limit) : size(limit) {}

  /// Whether what he types next is taken; he has typed it in any case.
  bool types(std::size_t at, std::string_view text) {
    BOOST_TEST_REQUIRE(
        writer.insert(content, Utf16Offset{static_cast<std::uint32_t>(at)}, text).has_value());
    return sends();
  }
  bool erases(std::size_t at, std::size_t count) {
    BOOST_TEST_REQUIRE(writer
                           .erase(content, Utf16Offset{static_cast<std::uint32_t>(at)},
                                  Utf16Offset{static_cast<std::uint32_t>(count)})
                           .has_value());
    return sends();
  }
  bool sends() {
    ByteWriter update;
    BOOST_TEST_REQUIRE(writer.encode_change(update));
    last = update.str();
    if (!size.allows(last, served)) return false;
    BOOST_TEST_REQUIRE(served.apply(last, crdt::UpdateRules::for_file()).has_value());
    size.applied();
    return true;
  }
  std::size_t actual() { return served.encoded()->size(); }

  crdt::Document writer{{.client = crdt::ClientId{1}}};
  crdt::TypeRef content = writer.text("content");
  document::ServedDocument served;
  StateSize size;
  std::string last;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(state_size)

BOOST_AUTO_TEST_CASE(an_update_may_be_as_large_as_what_is_left) {
  Desk sample(0);
  sample.types(0, std::string(1000, 'x'));
  const std::size_t needed = 2 + sample.last.size() + StateSize::kGrowthOfStruct;
  Desk enough(needed);
  enough.size.start(2, 0);
  BOOST_TEST(enough.types(0, std::string(1000, 'x')));
  Desk too_little(needed - 1);
  too_little.size.start(2, 0);
  BOOST_TEST(!too_little.types(0, std::string(1000, 'x')));
}

BOOST_AUTO_TEST_CASE(typing_fills_a_document_to_its_limit_and_never_beyond) {
  constexpr std::size_t kLimit = 4000;
  Desk desk(kLimit);
  std::size_t taken = 0;
  while (desk.types(taken, "x")) ++taken;
  BOOST_TEST(desk.actual() <= kLimit);
  BOOST_TEST(desk.actual() > kLimit - 100);
}

BOOST_AUTO_TEST_CASE(cutting_a_text_to_pieces_counts) {
  support::SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  constexpr std::size_t kLimit = 20'000;
  Desk desk(kLimit);
  BOOST_TEST_REQUIRE(desk.types(0, std::string(10'000, 'x')));
  std::size_t erased = 0;
  while (desk.erases(random.below(10'000 - erased), 1)) ++erased;
  BOOST_TEST(erased > 100U);
  BOOST_TEST(desk.actual() <= kLimit);
}

BOOST_AUTO_TEST_CASE(without_a_limit_everything_is_taken) {
  Desk desk(0);
  BOOST_TEST(desk.types(0, std::string(1'000'000, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
