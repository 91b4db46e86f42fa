#include "daemon/folder/writer.h"

#include <csignal>
#include <filesystem>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/folder/names.h"
#include "tests/support/seeded_random.h"
#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> left_over(const SharedFolder& folder) {
  std::vector<std::string> paths;
  for (const auto& path : folder.all()) {
    if (is_temporary_name(name_in(path))) paths.push_back(path);
  }
  return paths;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writer)

BOOST_DATA_TEST_CASE(a_new_file_comes_with_its_folders, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  const auto written = done(folder.write("a/b/c", "text", Nothing{}));
  BOOST_TEST((written.outcome == Outcome::Done));
  BOOST_TEST(folder.text("a/b/c").value_or("") == "text");
  BOOST_TEST((folder.all() == std::set<std::string>{"a", "a/b", "a/b/c"}));
  BOOST_TEST((written.stamp == folder.stamp("a/b/c")));
}

BOOST_DATA_TEST_CASE(a_file_that_came_meanwhile_stays, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("file", "theirs");
  BOOST_TEST((done(folder.write("file", "ours", Nothing{})).outcome == Outcome::Occupied));
  BOOST_TEST(folder.text("file").value_or("") == "theirs");
  BOOST_TEST((folder.all() == std::set<std::string>{"file"}));
}

BOOST_DATA_TEST_CASE(a_file_that_is_as_expected_is_replaced, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("file", "one");
  const auto written = done(folder.write("file", "two", just("one")));
  BOOST_TEST((written.outcome == Outcome::Done));
  BOOST_TEST(!written.displaced.has_value());
  BOOST_TEST((written.stamp == folder.stamp("file")));
  BOOST_TEST(folder.text("file").value_or("") == "two");
  BOOST_TEST((folder.all() == std::set<std::string>{"file"}));
}

BOOST_DATA_TEST_CASE(a_save_a_moment_earlier_comes_back_and_is_in_the_bin, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  folder.put("src/file", "one");
  folder.save_by_rename("src/file", "saved");
  const auto written = done(folder.write("src/file", "two", just("one")));
  BOOST_TEST((written.outcome == Outcome::Done));
  BOOST_TEST_REQUIRE(written.displaced.has_value());
  BOOST_TEST(written.displaced->bytes == "saved");
  BOOST_TEST(written.displaced->is_whole);
  BOOST_TEST(SharedFolder::text_at(written.displaced->kept_at).value_or("") == "saved");
  BOOST_TEST(folder.text("src/file").value_or("") == "two");
  BOOST_TEST(left_over(folder).empty());
}

BOOST_DATA_TEST_CASE(a_file_that_somebody_removed_is_not_written_again, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  BOOST_TEST((done(folder.write("file", "two", just("one"))).outcome == Outcome::Missing));
  BOOST_TEST((done(folder.write("a/file", "two", just("one"))).outcome == Outcome::Missing));
  BOOST_TEST(folder.all().empty());
}

BOOST_DATA_TEST_CASE(whatever_is_there_is_replaced_if_that_is_asked_for, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  BOOST_TEST((done(folder.write("file", "one")).outcome == Outcome::Done));
  BOOST_TEST((done(folder.write("file", "two")).outcome == Outcome::Done));
  BOOST_TEST(folder.text("file").value_or("") == "two");
}

BOOST_DATA_TEST_CASE(what_is_replaced_can_be_kept, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("file", "one");
  const WriteOrder order{
      .path = "file", .bytes = "two", .expected = {}, .keeps_replaced = true};
  BOOST_TEST((done(folder.writer.write(order)).outcome == Outcome::Done));
  BOOST_TEST(SharedFolder::text_at(folder.outside / "bin/20270115T080000Z/file").value_or("") ==
             "one");
}

BOOST_DATA_TEST_CASE(a_link_is_neither_replaced_nor_written_through, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  std::ofstream(folder.outside / "target") << "theirs";
  folder.link("file", folder.outside.path() / "target");
  check_refused(folder.write("file", "ours"));
  check_refused(folder.write("file", "ours", just("theirs")));
  check_refused(folder.write("file", "ours", Nothing{}));
  BOOST_TEST(fs::is_symlink(folder.tree / "file"));
  BOOST_TEST(SharedFolder::text_at(folder.outside / "target").value_or("") == "theirs");
}

BOOST_AUTO_TEST_CASE(a_folder_is_not_replaced_by_a_file) {
  SharedFolder folder;
  folder.put("a/b", "");
  check_refused(folder.write("a", "ours"));
}

BOOST_DATA_TEST_CASE(the_other_name_of_a_file_keeps_what_it_had, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("a", "one");
  fs::create_hard_link(folder.tree / "a", folder.tree / "b");
  done(folder.write("a", "two", just("one")));
  BOOST_TEST(folder.text("a").value_or("") == "two");
  BOOST_TEST(folder.text("b").value_or("") == "one");
}

BOOST_AUTO_TEST_CASE(new_files_are_readable_whatever_our_own_umask_is) {
  const mode_t before = umask(077);
  SharedFolder folder({}, /*umask=*/022);
  done(folder.write("a/file", ""));
  done(folder.writer.write(
      {.path = "a/run", .bytes = "", .expected = {}, .executable = Executable::On}));
  umask(before);
  BOOST_TEST(folder.mode("a") == 0755U);
  BOOST_TEST(folder.mode("a/file") == 0644U);
  BOOST_TEST(folder.mode("a/run") == 0755U);
}

BOOST_AUTO_TEST_CASE(a_file_keeps_its_mode_when_it_is_replaced) {
  SharedFolder folder;
  folder.put("file", "one");
  fs::permissions(folder.tree / "file", fs::perms{0710});
  done(folder.write("file", "two"));
  BOOST_TEST(folder.mode("file") == 0710U);
  done(folder.writer.write(
      {.path = "file", .bytes = "three", .expected = {}, .executable = Executable::Off}));
  BOOST_TEST(folder.mode("file") == 0600U);
}

BOOST_AUTO_TEST_CASE(whoever_may_read_may_execute) {
  SharedFolder folder;
  folder.put("file", "");
  fs::permissions(folder.tree / "file", fs::perms{0640});
  BOOST_TEST(
      (done(folder.writer.set_executable("file", /*executable=*/true)) == Outcome::Done));
  BOOST_TEST(folder.mode("file") == 0750U);
  BOOST_TEST(
      (done(folder.writer.set_executable("file", /*executable=*/false)) == Outcome::Done));
  BOOST_TEST(folder.mode("file") == 0640U);
  BOOST_TEST(
      (done(folder.writer.set_executable("none", /*executable=*/true)) == Outcome::Missing));
}

BOOST_DATA_TEST_CASE(what_is_never_shared_is_never_changed, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put(".git/config", "[core]");
  folder.put("file", "");
  check_refused(folder.write(".git/hooks/post-checkout", "rm -rf"));
  check_refused(folder.write(".GIT/config", ""));
  check_refused(folder.writer.remove(".git/config", Anything{}));
  check_refused(folder.writer.rename("file", ".git/file"));
  check_refused(folder.writer.rename(".git/config", "config"));
  check_refused(folder.writer.make_folder(".ssh"));
  check_refused(folder.writer.remove_folder(".git"));
  check_refused(folder.writer.set_executable(".git/config", /*executable=*/true));
  BOOST_TEST((folder.all() == std::set<std::string>{".git", ".git/config", "file"}));
}

BOOST_DATA_TEST_CASE(a_removed_file_is_in_the_bin, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("a/file", "text");
  const auto removed = done(folder.writer.remove("a/file", just("text")));
  BOOST_TEST((removed.outcome == Outcome::Done));
  BOOST_TEST(SharedFolder::text_at(removed.kept_at).value_or("") == "text");
  BOOST_TEST((folder.all() == std::set<std::string>{"a"}));
}

BOOST_DATA_TEST_CASE(a_file_that_was_saved_meanwhile_is_not_removed, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("file", "saved");
  BOOST_TEST((done(folder.writer.remove("file", just("text"))).outcome == Outcome::Changed));
  BOOST_TEST(folder.text("file").value_or("") == "saved");
  BOOST_TEST((folder.all() == std::set<std::string>{"file"}));
  BOOST_TEST((done(folder.writer.remove("none", Anything{})).outcome == Outcome::Missing));
}

BOOST_DATA_TEST_CASE(a_rename_never_goes_over_something, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("a", "a");
  folder.put("b", "b");
  BOOST_TEST((done(folder.writer.rename("a", "b")) == Outcome::Occupied));
  BOOST_TEST((done(folder.writer.rename("none", "c")) == Outcome::Missing));
  BOOST_TEST((done(folder.writer.rename("a", "new/c")) == Outcome::Done));
  BOOST_TEST(folder.text("new/c").value_or("") == "a");
  BOOST_TEST(folder.text("b").value_or("") == "b");
  BOOST_TEST((folder.all() == std::set<std::string>{"b", "new", "new/c"}));
}

BOOST_DATA_TEST_CASE(a_folder_is_renamed_with_all_in_it_but_not_into_itself, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  folder.put("a/b/c", "c");
  BOOST_TEST((done(folder.writer.rename("a", "d")) == Outcome::Done));
  BOOST_TEST(folder.text("d/b/c").value_or("") == "c");
  BOOST_TEST(!folder.writer.rename("d", "d/e").has_value());
}

BOOST_AUTO_TEST_CASE(folders_are_made_once_and_removed_when_they_are_empty) {
  SharedFolder folder;
  BOOST_TEST((done(folder.writer.make_folder("a/b")) == Outcome::Done));
  BOOST_TEST((done(folder.writer.make_folder("a/b")) == Outcome::Done));
  folder.put("file", "");
  BOOST_TEST((done(folder.writer.make_folder("file")) == Outcome::Occupied));
  BOOST_TEST((done(folder.writer.remove_folder("a")) == Outcome::Occupied));
  BOOST_TEST((done(folder.writer.remove_folder("a/b")) == Outcome::Done));
  BOOST_TEST((done(folder.writer.remove_folder("a/b")) == Outcome::Missing));
  check_refused(folder.writer.remove_folder("file"));
}

// Only where a file system can be mounted.
BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_and_leaves_what_was_there) {
  SharedFolder folder;
  fs::create_directory(folder.outside.path() / "small");
  const std::string small = folder.outside / "small";
  if (mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("nothing can be mounted here");
    return;
  }
  {
    const Root root = Root::open(small, 022).value();
    Writer writer(root, folder.bin, folder.random);
    const auto write = [&](std::size_t bytes) {
      return writer.write({.path = "file", .bytes = std::string(bytes, 'a'), .expected = {}});
    };
    BOOST_TEST((done(write(10'000)).outcome == Outcome::Done));
    const auto failed = write(100'000);
    BOOST_TEST_REQUIRE(!failed.has_value());
    BOOST_TEST((failed.error().code == ErrorCode::System));
    BOOST_TEST(fs::file_size(small + "/file") == 10'000U);
    BOOST_TEST(std::distance(fs::directory_iterator(small), {}) == 1);
    BOOST_TEST((done(write(20'000)).outcome == Outcome::Done));
  }
  BOOST_TEST(umount(small.c_str()) == 0);
}

// Whoever is killed between two steps leaves one whole version, and at most a temporary file.
BOOST_AUTO_TEST_CASE(a_kill_leaves_one_whole_version) {
  constexpr int kRounds = 20;
  constexpr std::size_t kBytes = 50'000;
  support::SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  SharedFolder folder;
  folder.put("file", std::string(kBytes, 'a'));
  for (int round = 0; round < kRounds; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      for (char letter = 'a';; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
        if (!folder.write("file", std::string(kBytes, letter)).has_value()) _exit(1);
      }
    }
    usleep(static_cast<useconds_t>(random.below(5000)));
    kill(child, SIGKILL);
    int status = 0;
    BOOST_TEST_REQUIRE(waitpid(child, &status, 0) == child);
    BOOST_TEST(WIFSIGNALED(status));
    const std::string text = folder.text("file").value_or("");
    BOOST_TEST_REQUIRE(text.size() == kBytes);
    BOOST_TEST(text == std::string(kBytes, text.front()));

    // The next process finds what the last one left, and keeps it.
    Writer next(folder.root, folder.bin, folder.random);
    for (const auto& path : left_over(folder)) {
      BOOST_TEST(next.is_left_over(name_in(path)));
      const auto kept_at = done(next.sweep(path));
      BOOST_TEST(fs::exists(kept_at));
    }
    BOOST_TEST((folder.all() == std::set<std::string>{"file"}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
