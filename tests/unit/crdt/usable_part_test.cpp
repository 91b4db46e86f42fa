#include "daemon/crdt/usable_part.h"

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "tests/support/hex.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::crdt {
namespace {

/// Somebody who may insert under these ids.
class Holder final : public ClientOwners {
 public:
  Holder(std::initializer_list<std::uint64_t> clients) : clients_(clients) {}
  [[nodiscard]] bool may_insert(ClientId client) const override {
    return clients_.contains(number(client));
  }

 private:
  std::set<std::uint64_t> clients_;
};

UsablePart part(const std::string& update, const StateVector& known, const Holder& holder) {
  const auto result = find_usable_part(update, known, holder);
  BOOST_TEST_REQUIRE(result.has_value());
  return *result;
}

StateVector has(std::uint64_t client, std::uint32_t clock) {
  return StateVector({{ClientId{client}, Clock(clock)}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usable_part)

BOOST_AUTO_TEST_CASE(all_of_it_is_usable_if_nothing_is_in_its_way) {
  const std::string update = UpdateBuilder().by(7, 0).text("hello").erases(7, 1, 2).str();
  const UsablePart all = part(update, {}, Holder{7});
  BOOST_TEST(support::hex_of(all.update) == support::hex_of(update));
  BOOST_TEST(all.is_complete);
}

BOOST_AUTO_TEST_CASE(what_only_others_may_bring_is_left_out) {
  const std::string update =
      UpdateBuilder().by(9, 0).text("theirs").by(7, 0).text("mine").str();
  const UsablePart mine = part(update, {}, Holder{7});
  BOOST_TEST(support::hex_of(mine.update) ==
             support::hex_of(UpdateBuilder().by(7, 0).text("mine").str()));
  BOOST_TEST(mine.is_complete);
}

BOOST_AUTO_TEST_CASE(what_is_known_is_left_out_to_the_unit) {
  const std::string update = UpdateBuilder().by(7, 0).text("hello").str();
  const UsablePart rest = part(update, has(7, 2), Holder{7});
  Document document({ClientId{1}});
  BOOST_TEST(document.apply(UpdateBuilder().by(7, 0).text("he").str()).has_value());
  BOOST_TEST(document.apply(rest.update).has_value());
  BOOST_TEST(document.to_string(document.text("content")) == "hello");
  BOOST_TEST(rest.update.size() < update.size() + 4);
  BOOST_TEST(rest.is_complete);
}

BOOST_AUTO_TEST_CASE(what_builds_on_what_is_left_out_has_to_wait_and_all_behind_it) {
  const std::string update = UpdateBuilder()
                                 .by(9, 0)
                                 .text("theirs")
                                 .by(7, 0)
                                 .text("first")
                                 .text("behind", {.left = id(9, 2)})
                                 .text("last")
                                 .str();
  const UsablePart first = part(update, {}, Holder{7});
  BOOST_TEST(support::hex_of(first.update) ==
             support::hex_of(UpdateBuilder().by(7, 0).text("first").str()));
  BOOST_TEST(!first.is_complete);
  BOOST_TEST(part(update, has(9, 6), Holder{7}).is_complete);
}

BOOST_AUTO_TEST_CASE(clients_open_the_way_for_one_another) {
  // 7 builds on 8, which builds on what 7 wrote before.
  const std::string update = UpdateBuilder()
                                 .by(8, 0)
                                 .text("b", {.left = id(7, 0)})
                                 .by(7, 0)
                                 .text("a")
                                 .text("c", {.left = id(8, 0)})
                                 .str();
  const UsablePart all = part(update, {}, Holder{7, 8});
  BOOST_TEST(support::hex_of(all.update) == support::hex_of(update));
  BOOST_TEST(all.is_complete);
}

BOOST_AUTO_TEST_CASE(a_gap_is_the_end_of_a_client) {
  const std::string update = UpdateBuilder().by(7, 3).text("late").str();
  const UsablePart nothing = part(update, has(7, 1), Holder{7});
  BOOST_TEST(support::hex_of(nothing.update) == "0000");
  BOOST_TEST(!nothing.is_complete);
}

BOOST_AUTO_TEST_CASE(deletions_are_of_what_is_there_then) {
  const std::string update = UpdateBuilder()
                                 .by(7, 0)
                                 .text("mine")
                                 .erases(9, 1, 4)
                                 .erases(8, 0, 1)
                                 .erases(7, 0, 1)
                                 .str();
  const UsablePart some = part(update, has(9, 3), Holder{7});
  BOOST_TEST(support::hex_of(some.update) ==
             support::hex_of(
                 UpdateBuilder().by(7, 0).text("mine").erases(9, 1, 2).erases(7, 0, 1).str()));
}

BOOST_AUTO_TEST_CASE(it_is_told_whether_anything_is_somebody_elses) {
  const std::string both = UpdateBuilder().by(9, 0).text("theirs").by(7, 0).text("mine").str();
  BOOST_TEST(brings_others(both, Holder{7}));
  BOOST_TEST(!brings_others(both, Holder{7, 9}));
  BOOST_TEST(!brings_others(UpdateBuilder().erases(9, 0, 1).str(), Holder{7}));
  BOOST_TEST(!brings_others("\x01", Holder{}));
}

BOOST_AUTO_TEST_CASE(what_is_no_update_has_no_parts) {
  BOOST_TEST(!find_usable_part("\x01", {}, Holder{7}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
