#include "daemon/crdt/pool.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::crdt {
namespace {

enum class StringRef : std::uint32_t { None = 0 };
using Strings = Pool<std::string, StringRef, 4>;

}  // namespace

BOOST_AUTO_TEST_SUITE(pool)

BOOST_AUTO_TEST_CASE(handles_are_never_none_and_all_different) {
  Strings strings;
  std::set<StringRef> refs;
  for (int i = 0; i < 100; ++i) refs.insert(strings.allocate());
  BOOST_TEST(refs.size() == 100U);
  BOOST_TEST(!refs.contains(StringRef::None));
  BOOST_TEST(strings.in_use() == 100U);
}

BOOST_AUTO_TEST_CASE(objects_stay_where_they_are_while_others_are_added) {
  Strings strings;
  const StringRef first = strings.allocate();
  std::string& object = strings[first];
  object = "a string that is too long to lie in the object itself";
  for (int i = 0; i < 1000; ++i) static_cast<void>(strings.allocate());
  BOOST_TEST(&strings[first] == &object);
  BOOST_TEST(object == "a string that is too long to lie in the object itself");
}

BOOST_AUTO_TEST_CASE(what_is_released_is_empty_when_it_is_used_again) {
  Strings strings;
  const StringRef ref = strings.allocate();
  strings[ref] = "old";
  strings.release(ref);
  BOOST_TEST(strings.in_use() == 0U);
  const StringRef again = strings.allocate();
  BOOST_TEST((again == ref));
  BOOST_TEST(strings[again].empty());
}

BOOST_AUTO_TEST_CASE(releasing_keeps_the_pool_from_growing) {
  Strings strings;
  for (int round = 0; round < 50; ++round) {
    std::vector<StringRef> refs;
    refs.reserve(7);
    for (int i = 0; i < 7; ++i) refs.push_back(strings.allocate());
    for (const StringRef ref : refs) strings.release(ref);
  }
  BOOST_TEST(strings.bound() <= 8U);
}

BOOST_AUTO_TEST_CASE(no_handle_reaches_the_bound) {
  Strings strings;
  for (int i = 0; i < 10; ++i) {
    const StringRef ref = strings.allocate();
    BOOST_TEST(static_cast<std::uint32_t>(ref) < strings.bound());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crdt
