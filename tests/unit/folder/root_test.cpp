#include "daemon/folder/root.h"

#include <filesystem>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEnough = 1024;

ErrorCode code_of(const auto& result) {
  BOOST_TEST_REQUIRE(!result.has_value());
  return result.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(root)

BOOST_DATA_TEST_CASE(a_file_is_read_whole_with_its_stamp, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  folder.put("src/main.c", "int main;\n");
  const auto read = done(folder.root.read("src/main.c", kEnough));
  BOOST_TEST(read.bytes == "int main;\n");
  BOOST_TEST((read.hash == crypto::sha256("int main;\n")));
  BOOST_TEST((read.stamp == folder.stamp("src/main.c")));
  BOOST_TEST(read.stamp.size == 10U);
  BOOST_TEST(!read.stamp.executable);
}

BOOST_DATA_TEST_CASE(what_is_not_there_has_no_stamp_and_cannot_be_read, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  folder.put("file", "");
  for (const auto* path : {"none", "none/at/all", "file/beneath"}) {
    BOOST_TEST(!done(folder.root.stat(path)).has_value());
    BOOST_TEST((code_of(folder.root.read(path, kEnough)) == ErrorCode::NotFound));
  }
}

BOOST_DATA_TEST_CASE(a_path_that_leaves_the_folder_is_refused, kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  for (const auto* path : {"../secret", "/etc/passwd", "a/../../x", ".", "", "a//b", "nul"}) {
    BOOST_TEST((code_of(folder.root.read(path, kEnough)) == ErrorCode::Refused));
    BOOST_TEST((code_of(folder.root.make_place(path)) == ErrorCode::Refused));
  }
}

BOOST_DATA_TEST_CASE(a_link_is_followed_neither_at_the_end_nor_on_the_way, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  const support::TemporaryFolder elsewhere;
  fs::create_directory(elsewhere.path() / "sub");
  std::ofstream(elsewhere / "secret") << "secret";
  std::ofstream(elsewhere / "sub/secret") << "secret";
  folder.link("file", elsewhere.path() / "secret");
  folder.link("folder", elsewhere.path());
  BOOST_TEST((code_of(folder.root.read("file", kEnough)) == ErrorCode::Refused));
  BOOST_TEST((code_of(folder.root.read("folder/secret", kEnough)) == ErrorCode::Refused));
  BOOST_TEST((code_of(folder.root.read("folder/sub/secret", kEnough)) == ErrorCode::Refused));
  BOOST_TEST((code_of(folder.root.stat("folder/secret")) == ErrorCode::Refused));
  BOOST_TEST((code_of(folder.root.make_place("folder/new/file")) == ErrorCode::Refused));
  BOOST_TEST(!fs::exists(elsewhere.path() / "new"));
  BOOST_TEST((folder.stamp("file").kind == FileKind::Other));
}

BOOST_DATA_TEST_CASE(a_link_that_takes_a_folders_place_between_two_calls_leads_nowhere,
                     kAllAbilities, abilities) {
  SharedFolder folder(abilities);
  const support::TemporaryFolder elsewhere;
  std::ofstream(elsewhere / "file") << "theirs";
  folder.put("a/file", "ours");
  const auto place = folder.root.place_of("a/file");
  BOOST_TEST_REQUIRE(place.has_value());
  fs::rename(folder.tree / "a", folder.tree / "b");
  folder.link("a", elsewhere.path());
  // What was opened is still the folder that it was.
  auto file = open_file(place->at(), "a/file");
  BOOST_TEST_REQUIRE(file.has_value());
  std::string bytes;
  BOOST_TEST(read_all(file->fd(), kEnough, bytes));
  BOOST_TEST(bytes == "ours");
  BOOST_TEST((code_of(folder.root.read("a/file", kEnough)) == ErrorCode::Refused));
}

BOOST_AUTO_TEST_CASE(a_pipe_is_refused_and_nobody_waits_for_it) {
  SharedFolder folder;
  BOOST_TEST_REQUIRE(mkfifo((folder.tree / "pipe").c_str(), 0600) == 0);
  BOOST_TEST((code_of(folder.root.read("pipe", kEnough)) == ErrorCode::Refused));
  BOOST_TEST((folder.stamp("pipe").kind == FileKind::Other));
}

BOOST_AUTO_TEST_CASE(a_folder_is_no_file) {
  SharedFolder folder;
  folder.put("a/b", "");
  BOOST_TEST((code_of(folder.root.read("a", kEnough)) == ErrorCode::Refused));
  BOOST_TEST((folder.stamp("a").kind == FileKind::Folder));
}

BOOST_AUTO_TEST_CASE(a_file_may_be_as_large_as_was_asked_for_and_no_larger) {
  SharedFolder folder;
  folder.put("file", "12345");
  BOOST_TEST(folder.root.read("file", 5).has_value());
  BOOST_TEST((code_of(folder.root.read("file", 4)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(links_of_a_file_are_counted) {
  SharedFolder folder;
  folder.put("a", "");
  fs::create_hard_link(folder.tree / "a", folder.tree / "b");
  BOOST_TEST(folder.stamp("b").links == 2U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_has_gone_is_noticed) {
  SharedFolder folder;
  BOOST_TEST(folder.root.check().has_value());
  fs::rename(folder.tree, folder.outside.path() / "elsewhere");
  BOOST_TEST((code_of(folder.root.check()) == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(another_folder_in_its_place_is_noticed) {
  SharedFolder folder;
  fs::rename(folder.tree, folder.outside.path() / "elsewhere");
  fs::create_directory(folder.tree);
  BOOST_TEST((code_of(folder.root.check()) == ErrorCode::NotFound));
}

BOOST_DATA_TEST_CASE(folders_that_are_missing_are_made_as_the_person_has_them, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities, /*umask=*/027);
  BOOST_TEST(folder.root.make_place("a/b/c").has_value());
  BOOST_TEST(folder.mode("a") == 0750U);
  BOOST_TEST(folder.mode("a/b") == 0750U);
  BOOST_TEST((folder.all() == std::set<std::string>{"a", "a/b"}));
}

BOOST_DATA_TEST_CASE(a_file_in_the_way_of_a_folder_is_told_from_nothing, kAllAbilities,
                     abilities) {
  SharedFolder folder(abilities);
  folder.put("a", "");
  BOOST_TEST((code_of(folder.root.make_place("a/b")) == ErrorCode::Refused));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
