#include "daemon/folder/watch_table.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/folder/rules.h"
#include "daemon/folder/scan.h"
#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

struct WatchedFolder : SharedFolder {
  Rules rules = Rules::open(outside / "rules").value();
  WatchTable table = WatchTable::open().value();

  void watch_all() {
    done(
        scan_all(root, rules, [&](auto path, const auto& folder) { table.add(path, folder); }));
  }
  /// What the kernel has to tell by now.
  Changes digest() {
    std::string events;
    std::array<char, 65536> piece{};
    for (;;) {
      const ssize_t got = ::read(table.fd(), piece.data(), piece.size());
      if (got <= 0) break;
      events.append(piece.data(), static_cast<std::size_t>(got));
    }
    return table.digest(events, root, rules);
  }
};

using Paths = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(watch_table, WatchedFolder)

BOOST_AUTO_TEST_CASE(folders_that_are_not_shared_cost_nothing) {
  put(".gitignore", "node_modules/\n");
  put("node_modules/a/b/c", "");
  put("src/x", "");
  put(".git/objects/x", "");
  watch_all();
  BOOST_TEST(table.size() == 2U);  // the folder itself and src
}

BOOST_AUTO_TEST_CASE(a_folder_is_watched_before_what_is_made_in_it_is_told) {
  watch_all();
  put("a/b/first", "");
  BOOST_TEST((digest().paths == Paths{"a", "a/b", "a/b/first"}));
  put("a/b/second", "");
  BOOST_TEST((digest().paths == Paths{"a/b/second"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_went_before_it_was_looked_at_is_told_and_forgotten) {
  watch_all();
  put("a/b/file", "");
  fs::remove_all(tree / "a");
  BOOST_TEST((digest().paths == Paths{"a"}));
  BOOST_TEST(table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_link_to_a_folder_elsewhere_is_not_watched) {
  watch_all();
  link("link", outside.path());
  BOOST_TEST((digest().paths == Paths{"link"}));
  BOOST_TEST(table.size() == 1U);
}

BOOST_AUTO_TEST_CASE(only_what_is_still_shared_stays_watched) {
  put("a/b/x", "");
  put("ab/x", "");
  watch_all();
  table.retain({"", "ab"});
  BOOST_TEST(table.size() == 2U);
  put("a/b/y", "");
  put("ab/y", "");
  BOOST_TEST((digest().paths == Paths{"ab/y"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_begins_like_another_is_not_dropped_with_it) {
  put("a/x", "");
  put("a-b/x", "");
  put("ab/x", "");
  watch_all();
  fs::rename(tree / "a", outside.path() / "a");
  BOOST_TEST((digest().paths == Paths{"a"}));
  put("a-b/y", "");
  put("ab/y", "");
  BOOST_TEST((digest().paths == Paths{"a-b/y", "ab/y"}));
}

BOOST_AUTO_TEST_CASE(when_the_kernel_has_lost_events_everything_may_have_changed) {
  watch_all();
  std::size_t limit = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
  BOOST_TEST_REQUIRE(limit > 0U);
  // Two names take turns, or else the kernel joins events that are the same.
  for (std::size_t i = 0; i <= limit; ++i) put(i % 2 == 0 ? "a" : "b", "");
  BOOST_TEST(digest().everything);
  put("c", "");
  const Changes after = digest();
  BOOST_TEST(!after.everything);
  BOOST_TEST((after.paths == Paths{"c"}));
}

BOOST_AUTO_TEST_CASE(as_many_paths_as_can_be_told_are_told) {
  watch_all();
  inotify_event event{};
  event.wd = 1;
  event.mask = IN_CLOSE_WRITE;
  event.len = 16;
  std::string head(sizeof event, '\0');
  std::memcpy(head.data(), &event, sizeof event);
  std::string events;
  const auto add = [&](std::size_t number) {
    std::string name = std::to_string(number);
    name.resize(16, '\0');
    events += head + name;
  };
  for (std::size_t i = 0; i < WatchTable::kMaxChangedPaths; ++i) add(i);
  const Changes told = table.digest(events, root, rules);
  BOOST_TEST(told.paths.size() == WatchTable::kMaxChangedPaths);
  BOOST_TEST(!told.everything);
  add(WatchTable::kMaxChangedPaths);
  BOOST_TEST(table.digest(events, root, rules).everything);
}

// In a user namespace of its own, whose limits are nobody else's.
BOOST_AUTO_TEST_CASE(a_limit_of_the_system_is_told_with_what_to_do_about_it) {
  constexpr int kCannot = 77;
  put("a/x", "");
  put("b/x", "");
  put("c/x", "");
  const pid_t child = fork();
  if (child == 0) {
    const char* setting = "/proc/sys/user/max_inotify_watches";
    if (unshare(CLONE_NEWUSER) != 0) _exit(kCannot);
    const Descriptor file(open(setting, O_WRONLY | O_CLOEXEC));
    if (!file.is_open() || !write_all(file.fd(), "2")) _exit(kCannot);
    auto limited = WatchTable::open();
    if (!limited) _exit(1);
    const auto scan = scan_all(
        root, rules, [&](auto path, const auto& folder) { limited->add(path, folder); });
    if (!scan || limited->size() != 2) _exit(2);
    const Changes first = limited->digest({}, root, rules);
    if (!first.trouble) _exit(3);
    if (first.trouble->find("sysctl fs.inotify.max_user_watches=") == std::string::npos)
      _exit(4);
    _exit(limited->digest({}, root, rules).trouble ? 5 : 0);  // told once
  }
  int status = 0;
  BOOST_TEST_REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannot) {
    BOOST_TEST_MESSAGE("no user namespaces here");
    return;
  }
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
