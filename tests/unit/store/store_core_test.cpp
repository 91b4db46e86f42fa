#include "daemon/store/store_core.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/store/stepped_store.h"

namespace plait::store {
namespace {

const Author kAnn{"ann"};

struct OnDisk {
  void restart() {
    store.reset();
    store = SteppedStore::open(disk);
    BOOST_TEST_REQUIRE(store != nullptr);
  }
  DocumentKey open(const std::string& name) {
    auto document = store->open_now(name);
    BOOST_TEST_REQUIRE(document.has_value());
    return document->key;
  }
  Result<Appended> append(DocumentKey key, std::string updates) {
    return store->now<Appended>(
        [&](auto answer) { store->append(key, kAnn, std::move(updates), std::move(answer)); });
  }
  Result<void> put(std::vector<Record> records) {
    return store->now<void>(
        [&](auto answer) { store->put(std::move(records), std::move(answer)); });
  }
  std::vector<std::string> tail(const std::string& name) { return store->open_now(name)->tail; }

  CrashDisk disk;
  std::unique_ptr<SteppedStore> store = SteppedStore::open(disk);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(store_core, OnDisk)

BOOST_AUTO_TEST_CASE(a_group_is_one_commit) {
  const DocumentKey a = open("a");
  const DocumentKey b = open("b");
  const std::size_t before = disk.calls();
  BOOST_TEST_REQUIRE(append(a, "\1x").has_value());
  const std::size_t alone = disk.calls() - before;
  for (int i = 0; i < 100; ++i) {
    store->append(a, kAnn, "\1x", {});
    store->append(b, kAnn, "\1y", {});
  }
  store->commit();
  BOOST_TEST(disk.calls() - before - alone < 4 * alone);
  BOOST_TEST(tail("a").size() == 2U);
  BOOST_TEST(tail("b").size() == 1U);
}

BOOST_AUTO_TEST_CASE(answers_come_in_the_order_of_the_requests) {
  std::string order;
  store->open_document("w", "a", [&](auto) { order += "o"; });
  store->append(DocumentKey{1}, kAnn, "\1x", [&](auto) { order += "a"; });
  store->stats([&](auto) { order += "s"; });
  store->append(DocumentKey{1}, kAnn, "\1y", [&](auto) { order += "b"; });
  store->commit();
  BOOST_TEST(order == "oasb");
}

BOOST_AUTO_TEST_CASE(reading_sees_what_was_asked_for_before) {
  const DocumentKey key = open("a");
  store->append(key, kAnn, "\1x", {});
  BOOST_TEST(tail("a") == (std::vector<std::string>{"\1x"}));
}

BOOST_AUTO_TEST_CASE(a_request_that_fails_leaves_nothing_and_harms_no_other) {
  const WorkspaceRecord team{"team", "", kNow};
  const MemberRecord stranger{"nowhere", "m", "", "", false, kNow, {}};
  const DocumentKey key = open("a");
  std::optional<bool> failed;
  store->append(key, kAnn, "\1x", {});
  store->put({team, stranger}, [&](const Result<void>& done) { failed = !done; });
  store->append(key, kAnn, "\1y", {});
  store->commit();
  BOOST_TEST((failed == true));
  BOOST_TEST(store->load_directory()->workspaces.empty());
  BOOST_TEST(tail("a") == (std::vector<std::string>{"\1x", "\1y"}));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_nothing_is_lost) {
  const DocumentKey key = open("a");
  BOOST_TEST_REQUIRE(append(key, "\1x").has_value());
  disk.set_capacity(disk.used() + 20'000);
  const auto refused = append(key, std::string(100'000, 'y'));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::System));
  BOOST_TEST(refused.error().message == "the disk is full");
  BOOST_TEST(!append(key, "\1z").has_value());  // the log would have a hole
  BOOST_TEST(tail("a") == (std::vector<std::string>{"\1x"}));

  disk.set_capacity({});
  BOOST_TEST(append(key, "\1z").has_value());
  restart();
  BOOST_TEST(tail("a") == (std::vector<std::string>{"\1x", "\1z"}));
}

BOOST_AUTO_TEST_CASE(space_is_given_back_once_there_is_much_of_it) {
  const DocumentKey key = open("a");
  std::uint64_t last = 0;
  for (int i = 0; i < 20; ++i) last = append(key, std::string(kMaxEntryBytes, 'x'))->sequence;
  const std::uint64_t full = store->stats_now()->file_bytes;
  BOOST_TEST(full > 20 * kMaxEntryBytes);
  BOOST_TEST_REQUIRE(store
                         ->now<void>([&](auto answer) {
                           store->put_snapshot(key, last, "small", std::move(answer));
                         })
                         .has_value());
  while (store->core().tidy()) {
  }
  const Stats after = *store->stats_now();
  BOOST_TEST(after.file_bytes < full / 2);
  BOOST_TEST(after.free_bytes < std::uint64_t{9} << 20);
  BOOST_TEST(store->verify_now()->ok());
}

BOOST_AUTO_TEST_CASE(rewriting_a_document_for_ever_takes_no_more_space) {
  const DocumentKey key = open("a");
  std::uint64_t after_ten = 0;
  for (int i = 0; i < 200; ++i) {
    std::uint64_t last = 0;
    for (int j = 0; j < 5; ++j) last = append(key, std::string(10'000, 'x'))->sequence;
    store->put_snapshot(key, last, std::string(20'000, 's'), {});
    store->commit();
    if (i == 10) after_ten = store->stats_now()->file_bytes;
  }
  BOOST_TEST(store->stats_now()->file_bytes <= after_ten + 100'000);
}

BOOST_AUTO_TEST_CASE(a_changed_byte_in_a_row_is_found_by_verify_and_keeps_the_document_closed) {
  const DocumentKey key = open("a");
  const DocumentKey other = open("b");
  BOOST_TEST_REQUIRE(append(key, "\x0Crecognisable").has_value());
  BOOST_TEST_REQUIRE(append(other, "\1x").has_value());
  store.reset();
  std::string& file = disk.content(SteppedStore::kFile);
  const std::size_t at = file.find("recognisable");
  BOOST_TEST_REQUIRE(at != std::string::npos);
  file[at] ^= 1;
  restart();
  const auto report = store->verify_now();
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST_REQUIRE(report->findings.size() == 1U);
  BOOST_TEST(report->findings.front().where == "document a of workspace w");
  BOOST_TEST(report->findings.front().what == "entry 1 does not have its hash");
  BOOST_TEST(report->documents == 2U);
  const auto opened = store->open_now("a");
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ErrorCode::Damaged));
  BOOST_TEST(tail("b") == (std::vector<std::string>{"\1x"}));
}

BOOST_AUTO_TEST_CASE(a_damaged_blob_is_found_by_verify) {
  const std::string content(5000, 'z');
  const BlobKey key{"w", crypto::sha256(content)};
  BOOST_TEST_REQUIRE(
      store
          ->now<BlobState>([&](auto answer) {
            store->put_blob({key, "ann", kNow, 5000, 0, content}, std::move(answer));
          })
          ->complete());
  BOOST_TEST(store->verify_now()->ok());
  BOOST_TEST_REQUIRE(store->core()
                         .tables()
                         .database.script("UPDATE blob_chunks SET bytes = zeroblob(5000)")
                         .has_value());
  const auto report = store->verify_now();
  BOOST_TEST_REQUIRE(report->findings.size() == 1U);
  BOOST_TEST(report->findings.front().what == "its bytes do not have its hash");
  BOOST_TEST(report->blobs == 1U);
}

BOOST_AUTO_TEST_CASE(a_damaged_page_is_told_when_the_database_is_opened) {
  const DocumentKey key = open("a");
  for (int i = 0; i < 50; ++i) BOOST_TEST(append(key, std::string(500, 'x')).has_value());
  store.reset();
  std::string& file = disk.content(SteppedStore::kFile);
  const std::size_t page = file.size() / 4096 - 2;
  std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(page * 4096), 64, '\xAB');
  std::string why;
  BOOST_TEST(SteppedStore::open(disk, &why) == nullptr);
  BOOST_TEST(why.find("damaged") != std::string::npos, why);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused) {
  store.reset();
  disk.content(SteppedStore::kFile).assign(8192, 'x');
  std::string why;
  BOOST_TEST(SteppedStore::open(disk, &why) == nullptr);
  BOOST_TEST(!why.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
