#include "daemon/store/replica_chat.h"

#include <string>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

using Messages = std::vector<CachedMessage>;
using Outbox = std::vector<OutgoingMessage>;

struct Chat : Laptop {
  Result<void> put(Messages messages) {
    return now<void>(
        [&](auto answer) { store.put_messages("w", std::move(messages), std::move(answer)); });
  }
  Result<Messages> before(std::uint64_t sequence, std::size_t limit) {
    return now<Messages>(
        [&](auto answer) { store.messages_before("w", sequence, limit, std::move(answer)); });
  }
  Result<void> send(const std::string& id, const std::string& bytes) {
    return now<void>([&](auto answer) {
      store.put_outgoing("w", {id, bytes}, std::move(answer));
    });
  }
  Outbox outbox() {
    return *now<Outbox>([&](auto answer) { store.load_outgoing("w", std::move(answer)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_chat, Chat)

BOOST_AUTO_TEST_CASE(messages_are_read_from_the_newest_backwards) {
  BOOST_TEST_REQUIRE(put({{3, "c"}, {1, "a"}, {7, "g"}}).has_value());
  BOOST_TEST_REQUIRE(put({{3, "edited"}}).has_value());
  BOOST_TEST((*before(UINT64_MAX, 2) == Messages{{7, "g"}, {3, "edited"}}));
  BOOST_TEST((*before(3, 2) == Messages{{1, "a"}}));
  store.drop_messages("w", {});
  BOOST_TEST(before(UINT64_MAX, 2)->empty());
}

BOOST_AUTO_TEST_CASE(the_newest_messages_stay) {
  Messages many;
  for (std::uint64_t i = 1; i <= kMaxCachedMessages; ++i) many.push_back({i, "m"});
  BOOST_TEST_REQUIRE(put(many).has_value());
  BOOST_TEST(before(2, 1)->size() == 1U);
  BOOST_TEST_REQUIRE(put({{kMaxCachedMessages + 5, "new"}}).has_value());
  BOOST_TEST(before(2, 1)->empty());
  BOOST_TEST(before(3, 1)->size() == 1U);
  BOOST_TEST(stats().messages == kMaxCachedMessages);
}

BOOST_AUTO_TEST_CASE(the_outbox_keeps_its_order) {
  BOOST_TEST_REQUIRE(send("z", "first").has_value());
  BOOST_TEST_REQUIRE(send("a", "second").has_value());
  BOOST_TEST_REQUIRE(send("m", "third").has_value());
  BOOST_TEST_REQUIRE(send("z", "first, edited").has_value());
  BOOST_TEST((outbox() == Outbox{{"z", "first, edited"}, {"a", "second"}, {"m", "third"}}));
  store.remove_outgoing("w", "a", {});
  BOOST_TEST_REQUIRE(send("b", "fourth").has_value());
  BOOST_TEST((outbox() == Outbox{{"z", "first, edited"}, {"m", "third"}, {"b", "fourth"}}));
}

BOOST_AUTO_TEST_CASE(messages_and_pages_are_no_larger_than_their_limits) {
  const std::string longest(kMaxCachedMessageBytes, 'm');
  BOOST_TEST(put({{1, longest}}).has_value());
  BOOST_TEST(send(std::string(kMaxReplicaNameBytes, 'i'), longest).has_value());
  BOOST_TEST((code_of(put({{1, longest + "m"}})) == ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(send("i", longest + "m")) == ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(send(std::string(kMaxReplicaNameBytes + 1, 'i'), "")) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST(before(9, kMaxCachedPage).has_value());
  BOOST_TEST((code_of(before(9, kMaxCachedPage + 1)) == ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(put(Messages(kMaxReplicaBatch + 1))) == ErrorCode::LimitExceeded));
  BOOST_TEST(put(Messages(kMaxReplicaBatch)).has_value());
}

BOOST_AUTO_TEST_CASE(an_outbox_grows_to_its_limit) {
  for (std::size_t i = 0; i < kMaxOutgoing; ++i) {
    store.put_outgoing("w", {std::to_string(i), "m"}, {});
  }
  BOOST_TEST(outbox().size() == kMaxOutgoing);
  BOOST_TEST((code_of(send("more", "m")) == ErrorCode::LimitExceeded));
  BOOST_TEST(send("0", "edited").has_value());
  BOOST_TEST(outbox().size() == kMaxOutgoing);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
