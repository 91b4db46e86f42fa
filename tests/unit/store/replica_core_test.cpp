#include "daemon/store/replica_core.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "tests/unit/store/crash_disk.h"
#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

using support::SteppedReplicaStore;

constexpr const char* kFile = "/replica.db";

/// A client's store on a disk that has only so much room.
struct SmallDisk {
  SmallDisk() {
    restart();
    BOOST_TEST_REQUIRE(ask().put_workspace(workspace_named("w")).has_value());
  }
  void restart() {
    store.reset();
    auto opened = SteppedReplicaStore::open({kFile, disk.vfs_name()});
    BOOST_TEST_REQUIRE(opened.has_value());
    store = *std::move(opened);
  }
  Asking ask() { return Asking(*store); }
  void allow(std::size_t more_bytes) { disk.set_capacity(disk.used() + more_bytes); }

  CrashDisk disk;
  std::unique_ptr<SteppedReplicaStore> store;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_core, SmallDisk)

BOOST_AUTO_TEST_CASE(what_was_answered_is_there_after_a_restart) {
  BOOST_TEST_REQUIRE(ask().append("a", "\1x").has_value());
  BOOST_TEST_REQUIRE(ask().put_clients({10, 11}).has_value());
  BOOST_TEST_REQUIRE(ask().take_client().has_value());
  restart();
  BOOST_TEST(ask().open("a")->tail == std::vector<std::string>{"\1x"});
  BOOST_TEST(ask().take_client()->client == 11U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_the_store_goes_on_once_there_is_room) {
  BOOST_TEST_REQUIRE(ask().append("a", "\1x").has_value());
  allow(20'000);
  const auto refused = ask().append("a", std::string(100'000, 'y'));
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().message == "the disk is full");
  BOOST_TEST(ask().open("a")->tail == std::vector<std::string>{"\1x"});

  disk.set_capacity({});
  BOOST_TEST(ask().append("a", "\1z").has_value());
  restart();
  BOOST_TEST(ask().open("a")->tail == (std::vector<std::string>{"\1x", "\1z"}));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_before_the_commit_is_told_too) {
  allow(1'000'000);
  std::string why;
  // More than SQLite keeps in memory, so that it writes before the commit.
  store->put_snapshot("w", "a", std::string(kMaxReplicaAppendBytes, 's'),
                      [&](const Result<void>& done) {
                        if (!done) why = done.error().message;
                      });
  std::string other;
  store->put_note("w", "k", "n", [&](const Result<void>& done) {
    if (!done) other = done.error().message;
  });
  store->commit();
  BOOST_TEST(why == "the disk is full");
  BOOST_TEST((other.empty() || other == "the disk is full"), other);
  disk.set_capacity({});
  BOOST_TEST(ask().put_snapshot("a", "s").has_value());
}

BOOST_AUTO_TEST_CASE(a_burst_in_many_documents_is_one_commit_of_few_pages) {
  BOOST_TEST_REQUIRE(ask().append("a", "\1x").has_value());
  std::size_t before = disk.calls();
  BOOST_TEST_REQUIRE(ask().append("a", "\1x").has_value());
  const std::size_t alone = disk.calls() - before;
  for (int i = 0; i < 100; ++i) {
    store->append("w", std::to_string(i), "\1x", Haste::Now, {});
  }
  store->commit();
  before = disk.calls();
  for (int i = 0; i < 100; ++i) {
    store->append("w", std::to_string(i), "\1y", Haste::Now, {});
  }
  store->commit();
  BOOST_TEST(disk.calls() - before < 4 * alone);
}

BOOST_AUTO_TEST_CASE(rewriting_a_document_for_ever_takes_no_more_space) {
  std::uint64_t after_ten = 0;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 5; ++j) {
      BOOST_TEST_REQUIRE(ask().append("a", std::string(10'000, 'x')).has_value());
    }
    BOOST_TEST_REQUIRE(ask().put_snapshot("a", std::string(20'000, 's')).has_value());
    if (i == 10) after_ten = ask().stats().file_bytes;
  }
  BOOST_TEST(ask().stats().file_bytes <= after_ten + 100'000);
}

BOOST_AUTO_TEST_CASE(a_damaged_page_is_told_when_the_database_is_opened) {
  for (int i = 0; i < 50; ++i) {
    BOOST_TEST_REQUIRE(ask().append("a", std::string(500, 'x')).has_value());
  }
  store.reset();
  std::string& file = disk.content(kFile);
  const std::size_t page = file.size() / 4096 - 2;
  std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(page * 4096), 64, '\xAB');
  const auto opened = SteppedReplicaStore::open({kFile, disk.vfs_name()});
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == ErrorCode::Damaged));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
