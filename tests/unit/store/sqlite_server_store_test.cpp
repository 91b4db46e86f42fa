#include "daemon/store/sqlite_server_store.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/crypto/random.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/store/posts.h"

namespace plait::store {
namespace {

namespace fs = std::filesystem;

const Author kAnn{"ann"};
const SystemClock kClock;

class Server {
 public:
  explicit Server(std::string folder, std::chrono::milliseconds gather_time = {})
      : folder_(std::move(folder)), gather_time_(gather_time) {
    start();
  }

  void start() {
    auto opened = try_start();
    BOOST_TEST_REQUIRE(opened.has_value());
    store_ = *std::move(opened);
  }
  void stop() { store_.reset(); }
  Result<std::unique_ptr<SqliteServerStore>> try_start() {
    SqliteServerStore::Options options;
    options.folder = folder_;
    options.gather_time = gather_time_;
    options.post = [this](std::function<void()> f) { posts_.post(std::move(f)); };
    options.on_commit = [this](const CommitInfo& info) { commits_.push_back(info); };
    return SqliteServerStore::open(std::move(options), kClock, random_);
  }

  /// Asks, and runs the loop until the answer is there.
  template <class T, class Ask>
  Result<T> now(Ask ask) {
    std::optional<Result<T>> result;
    ask(Answer<T>([&](Result<T> answer) { result.emplace(std::move(answer)); }));
    posts_.run_until([&] { return result.has_value(); });
    return *std::move(result);
  }
  LoadedDocument open() {
    auto document = now<LoadedDocument>(
        [&](auto answer) { store_->open_document("w", "a", std::move(answer)); });
    BOOST_TEST_REQUIRE(document.has_value());
    return *std::move(document);
  }
  Result<void> back_up(const std::string& file) {
    return now<void>([&](auto answer) { store_->backup(file, std::move(answer)); });
  }

  SqliteServerStore& store() { return *store_; }
  Posts& posts() { return posts_; }
  const std::vector<CommitInfo>& commits() const { return commits_; }

 private:
  std::string folder_;
  std::chrono::milliseconds gather_time_;
  crypto::SystemRandom random_;
  Posts posts_;
  std::vector<CommitInfo> commits_;
  std::unique_ptr<SqliteServerStore> store_;
};

struct InFolder {
  support::TemporaryFolder folder;
  std::string data = folder / "data";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(sqlite_server_store, InFolder)

BOOST_AUTO_TEST_CASE(what_was_answered_is_there_after_a_restart) {
  Server server(data);
  const DocumentKey key = server.open().key;
  const std::uint64_t generation = server.open().generation;
  const auto appended = server.now<Appended>(
      [&](auto answer) { server.store().append(key, kAnn, "\1x", std::move(answer)); });
  BOOST_TEST(appended->sequence == 1U);
  server.stop();
  server.start();
  const LoadedDocument document = server.open();
  BOOST_TEST(document.tail == std::vector<std::string>{"\1x"});
  BOOST_TEST(document.generation == generation);
}

BOOST_AUTO_TEST_CASE(nobody_else_can_look_into_the_folder) {
  Server server(data);
  BOOST_TEST((fs::status(data).permissions() == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(what_arrives_during_a_commit_shares_the_next_one) {
  Server server(data);
  const DocumentKey key = server.open().key;
  constexpr int kUpdates = 20'000;
  int answered = 0;
  std::uint64_t last = 0;
  for (int i = 0; i < kUpdates; ++i) {
    server.store().append(key, kAnn, "\1x", [&](Result<Appended> appended) {
      BOOST_TEST_REQUIRE(appended.has_value());
      BOOST_TEST_REQUIRE(appended->sequence >= last);
      last = appended->sequence;
      ++answered;
    });
  }
  server.posts().run_until([&] { return answered == kUpdates; });
  BOOST_TEST(server.commits().size() < kUpdates / 10U);
  BOOST_TEST(server.store().queued_bytes() == 0U);
  std::string all;
  for (const std::string& entry : server.open().tail) all += entry;
  BOOST_TEST(all.size() == 2U * kUpdates);
}

// Longer than a test waits for anything.
constexpr std::chrono::milliseconds kNextHour{3'600'000};

BOOST_AUTO_TEST_CASE(updates_gather_until_somebody_waits_for_something) {
  Server server(data, kNextHour);
  const DocumentKey key = server.open().key;
  const std::size_t before = server.commits().size();
  int answered = 0;
  for (int i = 0; i < 10; ++i) {
    server.store().append(key, kAnn, "\1x", [&](const Result<Appended>& appended) {
      answered += appended ? 1 : 0;
    });
  }
  BOOST_TEST(answered == 0);
  server.open();
  BOOST_TEST(answered == 10);
  BOOST_TEST(server.commits().size() == before + 1);
}

BOOST_AUTO_TEST_CASE(many_bytes_do_not_gather_for_long) {
  Server server(data, kNextHour);
  const DocumentKey key = server.open().key;
  const std::string update = std::string("\xFF\xFF\x0F") + std::string(0x3FFFF, 'x');
  int answered = 0;
  for (int i = 0; i < 5; ++i) {  // more than a MiB
    server.store().append(key, kAnn, update, [&](const Result<Appended>& appended) {
      answered += appended ? 1 : 0;
    });
  }
  server.posts().run_until([&] { return answered > 0; });
}

BOOST_AUTO_TEST_CASE(what_gathers_is_saved_when_its_time_has_come) {
  Server server(data, std::chrono::milliseconds{1});
  const DocumentKey key = server.open().key;
  const auto appended = server.now<Appended>(
      [&](auto answer) { server.store().append(key, kAnn, "\1x", std::move(answer)); });
  BOOST_TEST(appended.has_value());
}

BOOST_AUTO_TEST_CASE(closing_commits_what_was_asked_for_and_answers_it) {
  Server server(data);
  const DocumentKey key = server.open().key;
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    server.store().append(key, kAnn, "\1x", [&](const Result<Appended>& appended) {
      answered += appended ? 1 : 0;
    });
  }
  server.stop();
  server.posts().run_until([&] { return answered == 100; });
  server.start();
  BOOST_TEST(server.open().last_sequence > 0U);
}

BOOST_AUTO_TEST_CASE(answers_are_never_given_inside_of_the_request) {
  Server server(data);
  bool answered = false;
  server.store().stats([&](auto) { answered = true; });
  BOOST_TEST(server.store().load_directory().has_value());  // waits behind it
  BOOST_TEST(!answered);
  server.posts().run_until([&] { return answered; });
}

BOOST_AUTO_TEST_CASE(two_processes_never_have_one_folder) {
  int ready[2];
  int done[2];
  BOOST_TEST_REQUIRE(pipe(ready) == 0);
  BOOST_TEST_REQUIRE(pipe(done) == 0);
  const pid_t child = fork();
  BOOST_TEST_REQUIRE(child >= 0);
  char byte = 0;
  if (child == 0) {
    crypto::SystemRandom random;
    auto store = SqliteServerStore::open({data, {}, [](auto) {}, {}}, kClock, random);
    byte = store ? 'y' : 'n';
    if (write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1) _exit(1);
    _exit(0);
  }
  BOOST_TEST_REQUIRE(read(ready[0], &byte, 1) == 1);
  BOOST_TEST(byte == 'y');
  crypto::SystemRandom random;
  {
    const auto second = SqliteServerStore::open({data, {}, [](auto) {}, {}}, kClock, random);
    BOOST_TEST_REQUIRE(!second.has_value());
    BOOST_TEST(second.error().message.find("in use by another process") != std::string::npos);
  }
  // It dies without closing anything, and the folder is free.
  BOOST_TEST_REQUIRE(write(done[1], &byte, 1) == 1);
  int status = 0;
  BOOST_TEST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  BOOST_TEST(SqliteServerStore::open({data, {}, [](auto) {}, {}}, kClock, random).has_value());
  for (const int end : {ready[0], ready[1], done[0], done[1]}) close(end);
}

BOOST_AUTO_TEST_CASE(two_stores_in_one_process_never_have_one_folder) {
  Server server(data);
  const auto second = server.try_start();
  BOOST_TEST_REQUIRE(!second.has_value());
  BOOST_TEST(second.error().message.find("in use") != std::string::npos);
}

// --- Backups ---

BOOST_AUTO_TEST_CASE(a_backup_is_whole_while_updates_go_on) {
  Server server(data);
  const DocumentKey key = server.open().key;
  for (int i = 0; i < 30; ++i) {
    server.store().append(key, kAnn, std::string(kMaxEntryBytes, 'x'), {});
  }
  std::optional<Result<void>> backed_up;
  server.store().backup(folder / "backup.db",
                        [&](const Result<void>& done) { backed_up = done; });
  int more = 0;
  std::function<void(Result<Appended>)> again = [&](const Result<Appended>& appended) {
    BOOST_TEST_REQUIRE(appended.has_value());
    ++more;
    if (!backed_up) server.store().append(key, kAnn, "\1x", again);
  };
  server.store().append(key, kAnn, "\1x", again);
  server.posts().run_until([&] { return backed_up.has_value(); });
  BOOST_TEST_REQUIRE(backed_up->has_value());
  BOOST_TEST(more > 1);
  BOOST_TEST(!fs::exists(folder / "backup.db.partial"));
  BOOST_TEST(!fs::exists(folder / "backup.db-wal"));
  BOOST_TEST((fs::status(folder / "backup.db").permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write)));
  server.stop();

  fs::create_directory(folder / "restored");
  fs::copy_file(folder / "backup.db", folder / "restored/plait.db");
  Server restored(folder / "restored");
  const auto report = restored.now<VerifyReport>(
      [&](auto answer) { restored.store().verify(std::move(answer)); });
  BOOST_TEST_REQUIRE(report.has_value());
  BOOST_TEST(report->ok());
  BOOST_TEST(restored.open().last_sequence >= 30U);
}

BOOST_AUTO_TEST_CASE(a_restored_backup_is_another_generation) {
  Server server(data);
  const LoadedDocument before = server.open();
  BOOST_TEST_REQUIRE(server.back_up(folder / "backup.db").has_value());
  const auto lease = [&] {
    return server
        .now<ClientLease>([&](auto answer) {
          server.store().lease_clients({"w", "ann", "", 1}, std::move(answer));
        })
        ->first;
  };
  const std::uint64_t leased = lease();
  server.stop();
  // As an operator would: over the old file, which stays the same inode.
  fs::copy_file(folder / "backup.db", data + "/plait.db", fs::copy_options::overwrite_existing);
  server.start();
  BOOST_TEST(server.open().generation != before.generation);
  BOOST_TEST(lease() > leased);
}

BOOST_AUTO_TEST_CASE(a_copied_folder_is_another_generation) {
  Server server(data);
  const LoadedDocument before = server.open();
  server.stop();
  fs::copy(data, folder / "copy");
  Server copy(folder / "copy");
  BOOST_TEST(copy.open().generation != before.generation);
}

BOOST_AUTO_TEST_CASE(a_backup_never_replaces_anything) {
  Server server(data);
  BOOST_TEST_REQUIRE(server.back_up(folder / "backup.db").has_value());
  const auto again = server.back_up(folder / "backup.db");
  BOOST_TEST_REQUIRE(!again.has_value());
  BOOST_TEST((again.error().code == ErrorCode::Refused));
  BOOST_TEST(!server.back_up(folder / "no/such/folder.db").has_value());
}

BOOST_AUTO_TEST_CASE(a_backup_that_is_not_done_when_the_server_stops_leaves_nothing) {
  Server server(data);
  const DocumentKey key = server.open().key;
  for (int i = 0; i < 30; ++i) {
    server.store().append(key, kAnn, std::string(kMaxEntryBytes, 'x'), {});
  }
  std::optional<Result<void>> done;
  server.store().backup(folder / "backup.db",
                        [&](const Result<void>& result) { done = result; });
  server.stop();
  server.posts().run_until([&] { return done.has_value(); });
  BOOST_TEST(!fs::exists(folder / "backup.db.partial"));
  BOOST_TEST(fs::exists(folder / "backup.db") == done->has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
