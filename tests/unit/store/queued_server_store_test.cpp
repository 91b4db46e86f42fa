#include "daemon/store/queued_server_store.h"

#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/memory_server_store.h"

namespace plait::store {
namespace {

const Author kAnn{"ann"};

/// A store whose disk does nothing until it is told to, so that its queue grows.
struct Waiting {
  Waiting() {
    store.open_document("w", "a", [this](Result<LoadedDocument> document) {
      BOOST_TEST_REQUIRE(document.has_value());
      key = document->key;
    });
    commit();
  }
  void commit() {
    store.sync();
    store.answer();
  }
  void append(std::size_t size) {
    store.append(key, kAnn, std::string(size, 'x'),
                 [this](const Result<Appended>& answer) { note(answer); });
  }
  /// Up to the limit and not past it.
  void fill() {
    while (store.queued_bytes() + kMaxAppendBytes <= kMaxQueuedBytes) append(kMaxAppendBytes);
  }
  template <class T>
  void note(const Result<T>& answer) {
    answers.push_back(answer ? std::nullopt : std::optional(answer.error().code));
  }

  support::MemoryServerStore store;
  DocumentKey key{};
  std::vector<std::optional<ErrorCode>> answers;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queued_server_store, Waiting)

BOOST_AUTO_TEST_CASE(a_queue_takes_requests_until_it_is_full) {
  fill();
  append(kMaxAppendBytes);  // the one that fills it
  BOOST_TEST(store.queued_bytes() > kMaxQueuedBytes);
  const std::size_t taken = store.asked();
  append(1);
  store.put({SettingRecord{"a", "b"}}, [this](const Result<void>& answer) { note(answer); });
  commit();
  BOOST_TEST_REQUIRE(answers.size() == taken + 2);
  for (std::size_t i = 0; i < taken; ++i) BOOST_TEST(!answers[i].has_value());
  BOOST_TEST((answers[taken] == ErrorCode::LimitExceeded));
  BOOST_TEST((answers[taken + 1] == ErrorCode::LimitExceeded));
  BOOST_TEST(store.load_directory()->settings.empty());
}

BOOST_AUTO_TEST_CASE(a_full_queue_still_reads) {
  fill();
  append(kMaxAppendBytes);
  answers.clear();
  bool read = false;
  store.stats([&](const Result<Stats>& stats) { read = stats.has_value(); });
  commit();
  BOOST_TEST(read);
}

BOOST_AUTO_TEST_CASE(
    a_document_that_was_refused_an_update_is_opened_again_before_it_takes_one) {
  fill();
  append(kMaxAppendBytes);
  append(1);
  commit();
  BOOST_TEST(store.queued_bytes() == 0U);
  append(1);
  commit();
  BOOST_TEST((answers.back() == ErrorCode::Refused));
  store.open_document("w", "a", {});
  append(1);
  commit();
  BOOST_TEST(!answers.back().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
