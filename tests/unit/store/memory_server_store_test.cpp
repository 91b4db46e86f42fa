#include "tests/support/memory_server_store.h"

#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::store {
namespace {

using support::MemoryServerStore;

const Author kAnn{"ann"};

struct Simulated {
  LoadedDocument open() {
    std::optional<LoadedDocument> document;
    store.open_document("w", "a", [&](Result<LoadedDocument> answer) {
      BOOST_TEST_REQUIRE(answer.has_value());
      document = *std::move(answer);
    });
    store.sync();
    store.answer();
    return *std::move(document);
  }
  void append(std::string update) {
    store.append(key, kAnn, std::move(update),
                 [this](const Result<Appended>& answer) { (answer ? stored : failed) += 1; });
  }

  MemoryServerStore store;
  DocumentKey key = open().key;
  int stored = 0;
  int failed = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(memory_server_store, Simulated)

BOOST_AUTO_TEST_CASE(it_answers_only_when_told) {
  append("\1a");
  BOOST_TEST(store.asked() == 1U);
  BOOST_TEST(store.queued_bytes() > 0U);
  store.answer();
  BOOST_TEST(stored == 0);
  store.sync();
  BOOST_TEST(store.asked() == 0U);
  BOOST_TEST(store.synced() == 1U);
  BOOST_TEST(store.queued_bytes() == 0U);
  BOOST_TEST(stored == 0);
  store.answer();
  BOOST_TEST(stored == 1);
}

BOOST_AUTO_TEST_CASE(a_crash_loses_what_was_not_synced) {
  append("\1a");
  append("\1b");
  store.sync(1);
  store.lose_unsynced();
  store.sync();
  store.answer();
  BOOST_TEST(stored == 0);  // nobody was told, and yet:
  BOOST_TEST(open().tail == std::vector<std::string>{"\1a"});
}

BOOST_AUTO_TEST_CASE(a_commit_can_fail) {
  append("\1a");
  store.fail_sync();
  append("\1b");
  store.sync();
  store.answer();
  BOOST_TEST(failed == 2);  // the second would have left a hole
  BOOST_TEST(open().tail.empty());
  append("\1c");
  store.sync();
  store.answer();
  BOOST_TEST(stored == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_may_ask_for_more) {
  store.append(key, kAnn, "\1a", [this](auto) { append("\1b"); });
  store.sync();
  store.answer();
  BOOST_TEST(stored == 0);
  BOOST_TEST(store.asked() == 1U);
  store.sync();
  store.answer();
  BOOST_TEST(stored == 1);
}

BOOST_AUTO_TEST_CASE(jobs_are_done_with_the_sync) {
  bool is_fine = false;
  store.verify([&](Result<VerifyReport> report) { is_fine = report && report->ok(); });
  BOOST_TEST(store.asked() == 1U);
  store.sync();
  BOOST_TEST(!is_fine);
  store.answer();
  BOOST_TEST(is_fine);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
