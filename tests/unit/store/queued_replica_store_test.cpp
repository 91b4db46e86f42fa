#include "daemon/store/queued_replica_store.h"

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

/// A store whose disk does nothing until it is told to, so that its queue grows.
struct Busy : Laptop {
  void append_later(const std::string& document, std::size_t size) {
    store.append(
        "w", document, std::string(size, 'x'), Haste::CanWait,
        [this](const Result<std::size_t>& answer) { answers.push_back(code_of(answer)); });
  }
  void fill() {
    while (store.queued_bytes() <= kMaxQueuedBytes) append_later("a", std::size_t{4} << 20);
  }

  std::vector<std::optional<ErrorCode>> answers;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queued_replica_store, Busy)

BOOST_AUTO_TEST_CASE(answers_come_in_the_order_of_the_requests) {
  std::string order;
  store.append("w", "a", "\1x", Haste::CanWait, [&](auto) { order += "a"; });
  store.open_document("w", "a", [&](auto) { order += "o"; });
  store.put_note("w", "k", "n", [&](auto) { order += "n"; });
  store.stats([&](auto) { order += "s"; });
  BOOST_TEST(order.empty());
  store.commit();
  BOOST_TEST(order == "aons");
}

BOOST_AUTO_TEST_CASE(a_full_queue_refuses_what_writes_and_still_reads) {
  fill();
  const std::size_t taken = store.steps().asked();
  append_later("b", 1);
  std::optional<ErrorCode> noted;
  store.put_note("w", "k", "n", [&](const Result<void>& done) { noted = code_of(done); });
  bool read = false;
  store.stats([&](const Result<ReplicaStats>& all) { read = all.has_value(); });
  store.commit();
  BOOST_TEST_REQUIRE(answers.size() == taken + 1);
  for (std::size_t i = 0; i < taken; ++i) BOOST_TEST(!answers[i].has_value());
  BOOST_TEST((answers[taken] == ErrorCode::LimitExceeded));
  BOOST_TEST((noted == ErrorCode::LimitExceeded));
  BOOST_TEST(read);
  BOOST_TEST(store.queued_bytes() == 0U);
}

BOOST_AUTO_TEST_CASE(a_document_that_was_refused_an_update_is_opened_before_it_takes_one) {
  fill();
  append_later("b", 1);
  store.commit();
  BOOST_TEST((code_of(append("b", "\1x")) == ErrorCode::Refused));
  BOOST_TEST(open("b").has_value());
  BOOST_TEST(append("b", "\1x").has_value());
}

BOOST_AUTO_TEST_CASE(a_request_that_fails_leaves_nothing_and_harms_no_other) {
  store.put_note("w", "before", "n", {});
  store.put_files("w", {ReplicaFile{"f", "path"}, ReplicaFile{"g", std::string(5000, 'p')}}, {},
                  {});
  store.put_note("w", "after", "n", {});
  store.commit();
  BOOST_TEST(stats().files == 0U);
  for (const char* key : {"before", "after"}) {
    const auto note = now<std::optional<std::string>>(
        [&](auto answer) { store.note("w", key, std::move(answer)); });
    BOOST_TEST(note->has_value());
  }
}

BOOST_AUTO_TEST_CASE(what_was_not_synced_when_the_machine_stopped_never_happened) {
  store.append("w", "a", "\1x", Haste::Now, {});
  store.append("w", "a", "\1y", Haste::Now, {});
  store.steps().sync(1);
  store.steps().lose_unsynced();
  BOOST_TEST(open("a")->tail == std::vector<std::string>{"\1x"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
