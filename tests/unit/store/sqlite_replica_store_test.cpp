#include "daemon/store/sqlite_replica_store.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"
#include "tests/unit/store/laptop.h"
#include "tests/unit/store/posts.h"

namespace plait::store {
namespace {

namespace fs = std::filesystem;

const SystemClock kClock;

/// A daemon's store in a folder.
class Daemon {
 public:
  explicit Daemon(std::string folder, std::chrono::milliseconds gather_time = {})
      : folder_(std::move(folder)), gather_time_(gather_time) {
    start();
    BOOST_TEST_REQUIRE(now<void>([&](auto answer) {
                         store_->put_workspace(workspace_named("w"), std::move(answer));
                       }).has_value());
  }

  void start() {
    auto opened = try_start();
    BOOST_TEST_REQUIRE(opened.has_value());
    store_ = *std::move(opened);
  }
  void stop() { store_.reset(); }
  Result<std::unique_ptr<SqliteReplicaStore>> try_start() {
    SqliteReplicaStore::Options options;
    options.folder = folder_;
    options.gather_time = gather_time_;
    options.post = [this](std::function<void()> f) { posts_.post(std::move(f)); };
    options.on_commit = [this](const CommitInfo& info) { commits_.push_back(info); };
    return SqliteReplicaStore::open(std::move(options), kClock);
  }

  /// Asks, and runs the loop until the answer is there.
  template <class T, class Ask>
  Result<T> now(Ask ask) {
    std::optional<Result<T>> result;
    ask(Answer<T>([&](Result<T> answer) { result.emplace(std::move(answer)); }));
    posts_.run_until([&] { return result.has_value(); });
    return *std::move(result);
  }
  ReplicaDocument open(const std::string& document) {
    auto opened = now<ReplicaDocument>(
        [&](auto answer) { store_->open_document("w", document, std::move(answer)); });
    BOOST_TEST_REQUIRE(opened.has_value());
    return *std::move(opened);
  }

  SqliteReplicaStore& store() { return *store_; }
  Posts& posts() { return posts_; }
  const std::vector<CommitInfo>& commits() const { return commits_; }

 private:
  std::string folder_;
  std::chrono::milliseconds gather_time_;
  Posts posts_;
  std::vector<CommitInfo> commits_;
  std::unique_ptr<SqliteReplicaStore> store_;
};

struct AtHome {
  support::TemporaryFolder folder;
  std::string home = folder / "home";
};

// Longer than a test waits for anything.
constexpr std::chrono::milliseconds kNextHour{3'600'000};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_replica_store, AtHome)

BOOST_AUTO_TEST_CASE(what_was_answered_is_there_after_a_restart) {
  Daemon daemon(home);
  daemon.store().put_setting("name", "Ann", {});
  const auto appended = daemon.now<std::size_t>([&](auto answer) {
    daemon.store().append("w", "a", "\1x", Haste::Now, std::move(answer));
  });
  BOOST_TEST(*appended == 2U);
  daemon.stop();
  daemon.start();
  BOOST_TEST(daemon.store().load_settings()->at("name") == "Ann");
  BOOST_TEST((*daemon.store().load_workspaces() == std::vector{workspace_named("w")}));
  BOOST_TEST(daemon.open("a").tail == std::vector<std::string>{"\1x"});
}

BOOST_AUTO_TEST_CASE(nobody_else_can_look_into_the_folder) {
  Daemon daemon(home);
  BOOST_TEST((fs::status(home).permissions() == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(what_can_wait_is_saved_along_with_what_is_in_haste) {
  Daemon daemon(home, kNextHour);
  const std::size_t before = daemon.commits().size();
  int answered = 0;
  const auto count = [&](const Result<std::size_t>& appended) { answered += appended ? 1 : 0; };
  for (int i = 0; i < 10; ++i) {
    daemon.store().append("w", std::to_string(i), "\1x", Haste::CanWait, count);
  }
  BOOST_TEST(answered == 0);
  daemon.store().append("w", "a", "\1y", Haste::Now, count);
  daemon.posts().run_until([&] { return answered == 11; });
  BOOST_TEST(daemon.commits().size() == before + 1);
}

BOOST_AUTO_TEST_CASE(closing_commits_what_was_asked_for_and_answers_it) {
  Daemon daemon(home, kNextHour);
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    daemon.store().append(
        "w", "a", "\1x", Haste::CanWait,
        [&](const Result<std::size_t>& appended) { answered += appended ? 1 : 0; });
  }
  daemon.stop();
  daemon.posts().run_until([&] { return answered == 100; });
  daemon.start();
  BOOST_TEST(daemon.open("a").tail_bytes == 200U);
}

BOOST_AUTO_TEST_CASE(answers_are_never_given_inside_of_the_request) {
  Daemon daemon(home);
  bool answered = false;
  daemon.store().stats([&](auto) { answered = true; });
  BOOST_TEST(daemon.store().load_workspaces().has_value());  // waits behind it
  BOOST_TEST(!answered);
  daemon.posts().run_until([&] { return answered; });
}

BOOST_AUTO_TEST_CASE(a_second_daemon_is_told_that_there_is_one) {
  int ready[2];
  int done[2];
  BOOST_TEST_REQUIRE(pipe(ready) == 0);
  BOOST_TEST_REQUIRE(pipe(done) == 0);
  const pid_t child = fork();
  BOOST_TEST_REQUIRE(child >= 0);
  char byte = 0;
  if (child == 0) {
    auto store = SqliteReplicaStore::open({home, [](auto) {}, {}}, kClock);
    byte = store ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  BOOST_TEST_REQUIRE(read(ready[0], &byte, 1) == 1);
  BOOST_TEST(byte == 'y');
  {
    const auto second = SqliteReplicaStore::open({home, [](auto) {}, {}}, kClock);
    BOOST_TEST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().message ==
               "opening " + home + "/replica.db: the database is in use by another process");
  }
  // It dies without closing anything, and the folder is free.
  BOOST_TEST_REQUIRE(write(done[1], &byte, 1) == 1);
  int status = 0;
  BOOST_TEST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  BOOST_TEST(SqliteReplicaStore::open({home, [](auto) {}, {}}, kClock).has_value());
  for (const int end : {ready[0], ready[1], done[0], done[1]}) close(end);
}

BOOST_AUTO_TEST_CASE(a_large_folder_is_listed) {
  constexpr std::size_t kFiles = 20'000;
  Daemon daemon(home);
  std::vector<ReplicaFile> files(kFiles);
  std::vector<SyncedVersion> versions(kFiles);
  for (std::size_t i = 0; i < kFiles; ++i) {
    const std::string number = std::to_string(i);
    files[i].id = versions[i].document = "an-id-of-22-chars-" + std::to_string(100'000 + i);
    files[i].path = "src/some/folder/" + number + "/file.cpp";
    versions[i].version = i;
  }
  daemon.store().put_files("w", files, {}, {});
  daemon.store().set_synced("w", versions, {});
  const auto start = kClock.now();
  const auto loaded = daemon.now<std::vector<ReplicaFile>>(
      [&](auto answer) { daemon.store().load_files("w", std::move(answer)); });
  const auto between = kClock.now();
  const auto synced = daemon.now<std::vector<SyncedVersion>>(
      [&](auto answer) { daemon.store().synced_versions("w", std::move(answer)); });
  BOOST_TEST_MESSAGE("files with their commit in "
                     << (between - start).count() << " us, documents in "
                     << (kClock.now() - between).count() << " us");
  BOOST_TEST((*loaded == files));
  BOOST_TEST((*synced == versions));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
