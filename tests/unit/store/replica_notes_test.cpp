#include "daemon/store/replica_notes.h"

#include <optional>
#include <string>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

struct Notes : Laptop {
  Result<void> put(const std::string& key, const std::string& bytes) {
    return now<void>([&](auto answer) { store.put_note("w", key, bytes, std::move(answer)); });
  }
  std::optional<std::string> find(const std::string& key) {
    return *now<std::optional<std::string>>(
        [&](auto answer) { store.note("w", key, std::move(answer)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_notes, Notes)

BOOST_AUTO_TEST_CASE(a_note_is_found_by_its_key) {
  BOOST_TEST(!find("colour").has_value());
  BOOST_TEST_REQUIRE(put("colour", "red").has_value());
  BOOST_TEST_REQUIRE(put("empty", "").has_value());
  BOOST_TEST_REQUIRE(put("colour", std::string("\0\xFF", 2)).has_value());
  BOOST_TEST((find("colour") == std::string("\0\xFF", 2)));
  BOOST_TEST((find("empty") == std::string()));
  store.remove_note("w", "colour", {});
  BOOST_TEST(!find("colour").has_value());
}

BOOST_AUTO_TEST_CASE(notes_are_no_larger_than_their_limits) {
  const std::string longest(kMaxReplicaNameBytes, 'k');
  BOOST_TEST(put(longest, std::string(kMaxNoteBytes, 'n')).has_value());
  BOOST_TEST((code_of(put(longest + "k", "")) == ErrorCode::LimitExceeded));
  BOOST_TEST(
      (code_of(put("k", std::string(kMaxNoteBytes + 1, 'n'))) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
