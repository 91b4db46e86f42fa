#include "daemon/folder/scan.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "daemon/folder/rules.h"
#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

struct ScannedFolder : SharedFolder {
  Rules rules = Rules::open(outside / "rules").value();

  Scan scan() { return done(scan_all(root, rules)); }
  static std::vector<std::string> paths(const Scan& scan) {
    std::vector<std::string> paths;
    for (const auto& found : scan.found) paths.push_back(found.path);
    return paths;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(scan, ScannedFolder)

BOOST_AUTO_TEST_CASE(all_that_is_shared_is_found_in_order_with_its_stamp) {
  put("b", "12345");
  put("a/c", "");
  std::filesystem::create_directory(tree / "empty");
  const Scan found = scan();
  BOOST_TEST((paths(found) == std::vector<std::string>{"a", "a/c", "b", "empty"}));
  BOOST_TEST((found.found[2].stamp == stamp("b")));
  BOOST_TEST(found.found[2].stamp.size == 5U);
  BOOST_TEST(found.left_out.empty());
}

BOOST_AUTO_TEST_CASE(a_link_to_a_folder_above_is_not_followed) {
  put("a/file", "");
  link("a/up", tree);
  const Scan found = scan();
  BOOST_TEST((paths(found) == std::vector<std::string>{"a", "a/file"}));
  BOOST_TEST_REQUIRE(found.left_out.size() == 1U);
  BOOST_TEST(found.left_out.front().path == "a/up");
}

BOOST_AUTO_TEST_CASE(folders_are_entered_as_deep_as_paths_may_be) {
  std::string deepest = "d";
  for (int depth = 2; depth < 64; ++depth) deepest += "/d";
  put(deepest + "/file", "");
  put(deepest + "/e/too-deep", "");
  const auto found = paths(scan());
  BOOST_TEST((std::ranges::find(found, deepest + "/file") != found.end()));
  BOOST_TEST((std::ranges::find(found, deepest + "/e/too-deep") == found.end()));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_text_is_shown_as_what_can_be_shown) {
  put("gr\xFCn", "");
  const Scan found = scan();
  BOOST_TEST(found.found.empty());
  BOOST_TEST_REQUIRE(found.left_out.size() == 1U);
  BOOST_TEST(found.left_out.front().path == "gr\uFFFDn");
  BOOST_TEST((found.left_out.front().reason == LeftOutReason::Name));
}

BOOST_AUTO_TEST_CASE(a_folder_that_has_gone_is_no_empty_folder) {
  put("a", "");
  std::filesystem::rename(tree, outside.path() / "elsewhere");
  BOOST_TEST(!scan_all(root, rules).has_value());
}

BOOST_AUTO_TEST_CASE(folders_are_told_before_they_are_listed) {
  put("a/b/c", "");
  std::vector<std::string> told;
  const auto found = done(scan_all(root, rules, [&](std::string_view path, const Descriptor&) {
    told.emplace_back(path);
    if (path == "a/b") put("a/b/late", "");
  }));
  BOOST_TEST((told == std::vector<std::string>{"", "a", "a/b"}));
  BOOST_TEST((paths(found) == std::vector<std::string>{"a", "a/b", "a/b/c", "a/b/late"}));
}

BOOST_AUTO_TEST_CASE(many_files_are_found_and_none_that_is_ignored_is_looked_at) {
  constexpr int kFolders = 200;
  constexpr int kFiles = 100;
  put(".gitignore", "node_modules/\n*.o\n");
  for (int folder = 0; folder < kFolders; ++folder) {
    const std::string name = "src/d" + std::to_string(folder) + "/f";
    put(name + "0", "");
    for (int file = 1; file < kFiles; ++file) {
      std::filesystem::create_hard_link(tree / (name + "0"),
                                        tree / (name + std::to_string(file)));
    }
  }
  put("node_modules/deep/x", "");
  int folders = 0;
  const auto start = std::chrono::steady_clock::now();
  const auto found =
      done(scan_all(root, rules, [&](std::string_view, const Descriptor&) { ++folders; }));
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - start;
  BOOST_TEST_MESSAGE(found.found.size() << " found in " << took.count() << " ms");
  BOOST_TEST(found.found.size() == kFolders * kFiles + kFolders + 2U);
  BOOST_TEST(folders == kFolders + 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
