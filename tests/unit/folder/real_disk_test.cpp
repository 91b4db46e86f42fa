#include "daemon/folder/real_disk.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"
#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

struct Ears final : DiskListener {
  std::set<std::string> heard;
  int batches = 0;
  int everythings = 0;
  int gones = 0;
  int waits = 0;
  std::vector<std::string> troubles;

  void changed(const std::vector<std::string>& paths) override {
    ++batches;
    BOOST_TEST(std::ranges::is_sorted(paths));
    heard.insert(paths.begin(), paths.end());
  }
  void everything_may_have_changed() override { ++everythings; }
  void root_gone() override { ++gones; }
  void trouble(const std::string& text) override { troubles.push_back(text); }
  void ignore_rules_wait() override { ++waits; }
};

/// A disk on a loop, and the person's other programs beside it.
struct DiskStory : SharedFolder {
  SystemClock system_clock;
  loop::Loop loop;
  Ears ears;
  std::unique_ptr<RealDisk> disk = open_disk();

  std::unique_ptr<RealDisk> open_disk() {
    auto opened = RealDisk::open(loop, {.folder = tree, .state_folder = outside / "state"},
                                 system_clock, random);
    BOOST_TEST_REQUIRE(opened.has_value(), (opened ? "" : opened.error().message));
    return *std::move(opened);
  }

  /// Gives an order, and waits for its answer.
  template <class T, class Order>
  Result<T> ask(Order order) {
    std::optional<Result<T>> answer;
    order([&](Result<T> given) { answer.emplace(std::move(given)); });
    BOOST_TEST(!answer.has_value(), "never from within the call");
    support::run_until(loop, [&] { return answer.has_value(); });
    return *std::move(answer);
  }
  Scan scan() {
    return done(ask<Scan>([&](auto answer) { disk->scan(std::move(answer)); }));
  }
  void watch() {
    BOOST_TEST_REQUIRE(
        ask<void>([&](auto answer) { disk->watch(ears, std::move(answer)); }).has_value());
  }
  bool hears(const std::set<std::string>& paths) {
    support::run_until(loop, [&] { return std::ranges::includes(ears.heard, paths); });
    return true;
  }
  /// When this has been told, so has all that was before.
  std::set<std::string> all_heard() {
    const std::string mark = "mark" + std::to_string(++marks_);
    put(mark, "");
    hears({mark});
    ears.heard.erase(mark);
    return std::exchange(ears.heard, {});
  }

 private:
  int marks_ = 0;
};

using Paths = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(real_disk, DiskStory)

BOOST_AUTO_TEST_CASE(orders_for_one_path_are_carried_out_in_order) {
  constexpr int kVersions = 50;
  int told = 0;
  for (int version = 0; version < kVersions; ++version) {
    disk->write({.path = "a/file", .bytes = std::to_string(version), .expected = {}},
                [&, version](const Result<Written>& written) {
                  BOOST_TEST(written.has_value());
                  BOOST_TEST(told++ == version);
                });
  }
  std::string read;
  disk->read("a/file", 10, [&](Result<ReadFile> file) { read = done(std::move(file)).bytes; });
  support::run_until(loop, [&] { return !read.empty(); });
  BOOST_TEST(told == kVersions);
  BOOST_TEST(read == std::to_string(kVersions - 1));
}

BOOST_AUTO_TEST_CASE(a_rename_comes_between_what_was_before_and_after_it) {
  std::vector<std::string> order;
  const auto note = [&](const char* what) {
    return [&, what](auto) { order.emplace_back(what); };
  };
  disk->write({.path = "a", .bytes = "one", .expected = {}}, note("write"));
  disk->rename("a", "b", note("rename"));
  disk->write({.path = "a", .bytes = "two", .expected = Nothing{}}, note("again"));
  support::run_until(loop, [&] { return order.size() == 3; });
  BOOST_TEST((order == std::vector<std::string>{"write", "rename", "again"}));
  BOOST_TEST(text("a").value_or("") == "two");
  BOOST_TEST(text("b").value_or("") == "one");
}

BOOST_AUTO_TEST_CASE(what_was_written_without_being_synced_is_there_and_can_be_flushed) {
  int written = 0;
  for (int file = 0; file < 100; ++file) {
    disk->write({.path = "d/f" + std::to_string(file),
                 .bytes = "text",
                 .expected = Nothing{},
                 .is_synced = false},
                [&](const Result<Written>& answer) {
                  BOOST_TEST((answer && (*answer).outcome == Outcome::Done));
                  ++written;
                });
  }
  const auto flushed = ask<void>([&](auto answer) { disk->flush(std::move(answer)); });
  BOOST_TEST(flushed.has_value());
  BOOST_TEST(written == 100);
  BOOST_TEST(all().size() == 101U);
}

BOOST_AUTO_TEST_CASE(every_order_has_its_answer) {
  put("file", "text");
  const auto stamped = done(ask<std::optional<FileStamp>>(
      [&](auto answer) { disk->stat("file", std::move(answer)); }));
  BOOST_TEST((stamped == stamp("file")));
  const auto made =
      done(ask<Outcome>([&](auto answer) { disk->make_folder("new", std::move(answer)); }));
  BOOST_TEST((made == Outcome::Done));
  const auto set = done(ask<Outcome>([&](auto answer) {
    disk->set_executable("file", /*executable=*/true, std::move(answer));
  }));
  BOOST_TEST((set == Outcome::Done));
  BOOST_TEST(mode("file") == 0755U);
  const auto gone =
      done(ask<Outcome>([&](auto answer) { disk->remove_folder("new", std::move(answer)); }));
  BOOST_TEST((gone == Outcome::Done));
  const auto removed = done(ask<Removed>(
      [&](auto answer) { disk->remove("file", just("text"), std::move(answer)); }));
  BOOST_TEST(text_at(removed.kept_at).value_or("") == "text");
  const auto kept = done(ask<std::string>(
      [&](auto answer) { disk->keep_copy("a/file", "copy", std::move(answer)); }));
  BOOST_TEST(text_at(kept).value_or("") == "copy");
  const auto sharing = done(ask<std::vector<Sharing>>([&](auto answer) {
    disk->classify({"a", ".env", ".git/"}, std::move(answer));
  }));
  BOOST_TEST(
      (sharing == std::vector<Sharing>{Sharing::Shared, Sharing::Excluded, Sharing::Never}));
}

BOOST_AUTO_TEST_CASE(what_is_never_shared_is_not_even_read) {
  put(".git/config", "token");
  BOOST_TEST(!ask<ReadFile>([&](auto answer) {
                disk->read(".git/config", 100, std::move(answer));
              }).has_value());
}

BOOST_AUTO_TEST_CASE(a_copy_is_kept_under_no_path_that_leaves_the_bin) {
  BOOST_TEST(!ask<std::string>([&](auto answer) {
                disk->keep_copy("../../x", "copy", std::move(answer));
              }).has_value());
}

BOOST_AUTO_TEST_CASE(what_an_earlier_process_left_goes_to_the_bin) {
  put("a/.plait-0000-7", "saved by somebody");
  const Scan scanned = scan();
  BOOST_TEST(scanned.left_out.empty());
  BOOST_TEST((all() == Paths{"a"}));
  bool is_kept = false;
  for (const auto& entry : fs::recursive_directory_iterator(outside.path() / "state/bin")) {
    if (entry.is_regular_file()) is_kept = text_at(entry.path()) == "saved by somebody";
  }
  BOOST_TEST(is_kept);
}

BOOST_AUTO_TEST_CASE(no_answer_comes_when_it_has_gone) {
  disk->write({.path = "file", .bytes = "text", .expected = {}},
              [](auto) { BOOST_ERROR("nobody is there to hear it"); });
  disk->scan([](auto) { BOOST_ERROR("nobody is there to hear it"); });
  disk.reset();
  loop.run();
}

BOOST_AUTO_TEST_CASE(what_happens_in_the_folder_is_told) {
  put("a/old", "");
  watch();
  put("a/new", "");
  put("top", "");
  BOOST_TEST((all_heard() == Paths{"a/new", "top"}));
  put("a/old", "written");
  fs::permissions(tree / "top", fs::perms{0755});
  BOOST_TEST((all_heard() == Paths{"a/old", "top"}));
  fs::remove(tree / "a/old");
  fs::rename(tree / "top", tree / "a/top");
  BOOST_TEST((all_heard() == Paths{"a/old", "top", "a/top"}));
  save_by_rename("a/new", "saved");
  BOOST_TEST((all_heard() == Paths{"a/new", "a/new~"}));
}

BOOST_AUTO_TEST_CASE(nothing_is_told_of_what_is_not_shared) {
  put(".gitignore", "build/\n*.o\n");
  put("build/x", "");
  watch();
  put("build/y", "");
  put("build/sub/z", "");
  put(".git/index", "");
  put("main.o", "");
  put(".env", "");
  put(".plait-1-1", "");
  BOOST_TEST(all_heard().empty());
}

BOOST_AUTO_TEST_CASE(a_folder_that_appears_comes_with_all_that_is_in_it) {
  watch();
  put("a/b/c/d", "");
  BOOST_TEST(hears({"a", "a/b", "a/b/c", "a/b/c/d"}));
  ears.heard.clear();
  put("a/b/c/e", "");
  BOOST_TEST((all_heard() == Paths{"a/b/c/e"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_renamed_is_told_under_both_names_and_followed) {
  put("a/b/file", "");
  watch();
  fs::rename(tree / "a", tree / "z");
  BOOST_TEST(hears({"a", "z", "z/b", "z/b/file"}));
  ears.heard.clear();
  put("z/b/file", "later");
  BOOST_TEST((all_heard() == Paths{"z/b/file"}));
  // Out of the folder: nobody is told any more.
  fs::rename(tree / "z", outside.path() / "z");
  BOOST_TEST((all_heard() == Paths{"z"}));
  std::ofstream(outside.path() / "z/b/file") << "elsewhere";
  BOOST_TEST(all_heard().empty());
}

BOOST_AUTO_TEST_CASE(folders_that_swap_their_names_are_told_apart) {
  put("a/in-a", "");
  put("b/in-b", "");
  watch();
  fs::rename(tree / "a", tree / "c");
  fs::rename(tree / "b", tree / "a");
  fs::rename(tree / "c", tree / "b");
  BOOST_TEST(hears({"a", "b", "a/in-b", "b/in-a"}));
  all_heard();
  put("a/in-b", "x");
  put("b/in-a", "x");
  BOOST_TEST((all_heard() == Paths{"a/in-b", "b/in-a"}));
}

BOOST_AUTO_TEST_CASE(a_checkout_of_many_files_is_told_in_few_calls) {
  constexpr int kFiles = 500;
  watch();
  Paths written;
  for (int i = 0; i < kFiles; ++i) {
    const std::string path = "file" + std::to_string(i);
    put(path, "text");
    written.insert(path);
  }
  BOOST_TEST(hears(written));
  BOOST_TEST(ears.batches < kFiles / 10);
}

BOOST_AUTO_TEST_CASE(our_own_writes_are_told_under_their_own_names_only) {
  watch();
  BOOST_TEST(ask<Written>([&](auto answer) {
               disk->write({.path = "file", .bytes = "1", .expected = {}}, std::move(answer));
             }).has_value());
  BOOST_TEST(ask<Written>([&](auto answer) {
               disk->write({.path = "file", .bytes = "2", .expected = {}}, std::move(answer));
             }).has_value());
  BOOST_TEST((all_heard() == Paths{"file"}));
}

BOOST_AUTO_TEST_CASE(different_ignore_rules_ask_for_a_scan_and_hold_at_once) {
  put(".gitignore", "secrets\n");
  put("x", "");
  put("secrets", "");
  watch();
  put(".gitignore", "secrets\nx\n");
  support::run_until(loop, [&] { return ears.everythings == 1; });
  put("x", "later");
  BOOST_TEST((all_heard() == Paths{}));
  BOOST_TEST(ears.waits == 0);

  put(".gitignore", "");
  support::run_until(loop, [&] { return ears.waits == 1; });
  put("secrets", "later");
  BOOST_TEST((all_heard() == Paths{}));
  BOOST_TEST(ask<void>([&](auto answer) {
               disk->accept_ignore_rules(std::move(answer));
             }).has_value());
  put("secrets", "still later");
  BOOST_TEST((all_heard() == Paths{"secrets"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_shared_after_all_is_watched_after_a_scan) {
  put(".gitignore", "build/\n");
  put("build/x", "");
  watch();
  std::ofstream(outside.path() / "state/rules/own-rules") << "!build/\n";
  scan();
  put("build/x", "later");
  BOOST_TEST((all_heard() == Paths{"build/x"}));
}

BOOST_AUTO_TEST_CASE(a_folder_that_has_gone_is_told_once_and_every_order_fails) {
  put("file", "");
  watch();
  fs::rename(tree, outside.path() / "elsewhere");
  support::run_until(loop, [&] { return ears.gones == 1; });
  BOOST_TEST(!ask<Scan>([&](auto answer) { disk->scan(std::move(answer)); }).has_value());
  BOOST_TEST(!ask<Removed>([&](auto answer) {
                disk->remove("file", Anything{}, std::move(answer));
              }).has_value());
  // What would be lost is kept nevertheless.
  BOOST_TEST(ask<std::string>([&](auto answer) {
               disk->keep_copy("file", "typed", std::move(answer));
             }).has_value());
  BOOST_TEST(ears.gones == 1);
  BOOST_TEST(ears.heard.empty());
  BOOST_TEST(fs::exists(outside.path() / "elsewhere/file"));
}

BOOST_AUTO_TEST_CASE(another_folder_in_its_place_is_not_written_into) {
  watch();
  fs::rename(tree, outside.path() / "elsewhere");
  fs::create_directory(tree);
  BOOST_TEST(!ask<Written>([&](auto answer) {
                disk->write({.path = "file", .bytes = "", .expected = {}}, std::move(answer));
              }).has_value());
  BOOST_TEST(ears.gones == 1);
  BOOST_TEST(all().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
