#include "daemon/folder/rules.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/folder/scan.h"
#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

struct RuledFolder : SharedFolder {
  Rules rules = open_rules();
  Scan last;

  Rules open_rules() const {
    auto opened = Rules::open(outside / "rules");
    BOOST_TEST_REQUIRE(opened.has_value(), (opened ? "" : opened.error().message));
    return *std::move(opened);
  }
  void set_own_rules(const std::string& text) const {
    std::ofstream(outside.path() / "rules" / Rules::kOwnRulesFile) << text;
  }
  void scan() { last = done(scan_all(root, rules)); }

  /// What the last scan said of a path: "shared", why not, or "unknown".
  [[nodiscard]] std::string fate(const std::string& path) const {
    for (const auto& found : last.found) {
      if (found.path == path) return "shared";
    }
    for (const auto& left_out : last.left_out) {
      if (left_out.path == path) return std::string(words_for(left_out.reason));
    }
    return "unknown";
  }
};

const std::string kShared = "shared";
const std::string kIgnored(words_for(LeftOutReason::Ignored));
const std::string kHeld(words_for(LeftOutReason::HeldIgnored));
const std::string kSecret(words_for(LeftOutReason::Secret));
const std::string kOwn(words_for(LeftOutReason::OwnRule));
const std::string kNever(words_for(LeftOutReason::Never));

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rules, RuledFolder)

BOOST_AUTO_TEST_CASE(a_dry_run_says_what_is_shared_and_what_is_not_and_why) {
  put(".gitignore", "*.o\nnode_modules/\n");
  put("src/main.c", "");
  put("src/main.o", "");
  put("node_modules/left-pad/index.js", "");
  put(".git/config", "");
  put(".env", "");
  put(".env.example", "");
  link("link", "src");
  put("new\nline", "");
  scan();
  BOOST_TEST(fate("src") == kShared);
  BOOST_TEST(fate("src/main.c") == kShared);
  BOOST_TEST(fate(".gitignore") == kShared);
  BOOST_TEST(fate(".env.example") == kShared);
  BOOST_TEST(fate("src/main.o") == kIgnored);
  BOOST_TEST(fate("node_modules") == kIgnored);
  BOOST_TEST(fate("node_modules/left-pad") == "unknown");
  BOOST_TEST(fate(".git") == kNever);
  BOOST_TEST(fate(".env") == kSecret);
  BOOST_TEST(fate("link") == words_for(LeftOutReason::NoFile));
  BOOST_TEST(fate("new\nline") == words_for(LeftOutReason::Name));
}

BOOST_AUTO_TEST_CASE(each_folder_has_its_own_ignore_file_and_the_repository_one_too) {
  put(".git/info/exclude", "scratch\n");
  put("scratch", "");
  put("a/.gitignore", "/only-here\n!keep.o\n");
  put("a/only-here", "");
  put("b/only-here", "");
  put(".gitignore", "*.o\n");
  put("a/keep.o", "");
  put("b/keep.o", "");
  scan();
  BOOST_TEST(fate("scratch") == kIgnored);
  BOOST_TEST(fate("a/only-here") == kIgnored);
  BOOST_TEST(fate("b/only-here") == kShared);
  BOOST_TEST(fate("a/keep.o") == kShared);
  BOOST_TEST(fate("b/keep.o") == kIgnored);
}

BOOST_AUTO_TEST_CASE(a_guest_who_loosens_an_ignore_file_gets_nothing_until_it_is_accepted) {
  put(".gitignore", "secrets\n*.log\n");
  put("secrets", "");
  put("x.log", "");
  scan();
  BOOST_TEST(!rules.is_waiting());
  put(".gitignore", "*.log\n");
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("secrets") == kHeld);
  BOOST_TEST(fate("x.log") == kIgnored);

  rules = open_rules();  // also after a restart
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("secrets") == kHeld);

  BOOST_TEST(rules.accept().has_value());
  scan();
  BOOST_TEST(!rules.is_waiting());
  BOOST_TEST(fate("secrets") == kShared);
}

BOOST_AUTO_TEST_CASE(what_was_begun_and_never_scanned_is_still_at_its_first_scan) {
  put(".gitignore", "*.log\n!keep.log\n");
  rules = open_rules();
  scan();
  BOOST_TEST(!rules.is_waiting());
}

BOOST_AUTO_TEST_CASE(a_removed_ignore_file_or_a_new_one_beneath_loosens_nothing) {
  put(".gitignore", "secrets\n");
  put("a/secrets", "");
  scan();
  put("a/.gitignore", "!secrets\n");
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("a/secrets") == kHeld);
  std::filesystem::remove(tree / "a/.gitignore");
  std::filesystem::remove(tree / ".gitignore");
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("a/secrets") == kHeld);
}

BOOST_AUTO_TEST_CASE(what_excludes_more_holds_at_once_and_stays) {
  put("secrets", "");
  scan();
  BOOST_TEST(fate("secrets") == kShared);
  put(".gitignore", "secrets\n");
  scan();
  BOOST_TEST(!rules.is_waiting());
  BOOST_TEST(fate("secrets") == kIgnored);
  put(".gitignore", "");
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("secrets") == kHeld);
}

BOOST_AUTO_TEST_CASE(ignore_rules_of_a_folder_that_has_gone_hold_when_it_comes_again) {
  put("a/.gitignore", "secrets\n");
  scan();
  std::filesystem::remove_all(tree / "a");
  scan();
  BOOST_TEST(!rules.is_waiting());
  put("a/secrets", "");
  scan();
  BOOST_TEST(rules.is_waiting());
  BOOST_TEST(fate("a/secrets") == kHeld);
}

BOOST_AUTO_TEST_CASE(a_folder_with_the_name_of_an_ignore_file_is_no_trouble) {
  put("a/.gitignore", "secrets\n");
  scan();
  std::filesystem::remove(tree / "a/.gitignore");
  put("a/.gitignore/.gitignore", "!secrets\n");
  put("a/secrets", "");
  scan();
  BOOST_TEST(fate("a/secrets") == kHeld);
}

BOOST_AUTO_TEST_CASE(a_link_is_no_ignore_file) {
  put("rules", "x\n");
  put("x", "");
  link(".gitignore", "rules");
  scan();
  BOOST_TEST(fate("x") == kShared);
}

BOOST_AUTO_TEST_CASE(own_rules_exclude_and_include) {
  put(".gitignore", "dist/\n*.log\n");
  put("dist/app.js", "");
  put("dist/.env", "");
  put("keep.log", "");
  put("notes/x", "");
  put(".env", "");
  set_own_rules("notes/\n!keep.log\n!dist/\n!/.env\n!.git/\n");
  put(".git/config", "");
  scan();
  BOOST_TEST(fate("notes") == kOwn);
  BOOST_TEST(fate("keep.log") == kShared);
  BOOST_TEST(fate("dist") == kShared);
  BOOST_TEST(fate("dist/app.js") == kShared);
  BOOST_TEST(fate("dist/.env") == kSecret);  // nobody has named it
  BOOST_TEST(fate(".env") == kShared);
  BOOST_TEST(fate(".git") == kNever);  // whoever says so
}

BOOST_AUTO_TEST_CASE(own_rules_are_read_at_each_scan) {
  put("notes", "");
  scan();
  BOOST_TEST(fate("notes") == kShared);
  set_own_rules("notes\n");
  scan();
  BOOST_TEST(fate("notes") == kOwn);
}

BOOST_AUTO_TEST_CASE(a_path_is_judged_with_all_folders_that_it_is_in) {
  put(".gitignore", "build/\n");
  scan();
  BOOST_TEST((rules.classify("build", true) == Sharing::Excluded));
  BOOST_TEST((rules.classify("build", false) == Sharing::Shared));
  BOOST_TEST((rules.classify("build/deep/file.c", false) == Sharing::Excluded));
  BOOST_TEST((rules.classify("src/file.c", false) == Sharing::Shared));
  BOOST_TEST((rules.classify("src/.git/config", false) == Sharing::Never));
  BOOST_TEST((rules.classify(".env/x", false) == Sharing::Excluded));
}

BOOST_AUTO_TEST_CASE(a_line_that_git_would_try_for_ever_is_passed_over) {
  const std::string slow = "**/a*/**/a*/**/b";  // five, as many as there may be
  put(".gitignore", slow + "\n/six" + slow + "*\nx\n");
  put("ab/ac/b", "");
  put("six/ab/ac/bc", "");
  put("x", "");
  scan();
  BOOST_TEST(fate("ab/ac/b") == kIgnored);
  BOOST_TEST(fate("six/ab/ac/bc") == kShared);
  BOOST_TEST(fate("x") == kIgnored);
}

BOOST_AUTO_TEST_CASE(an_ignore_file_may_be_as_large_as_its_limit) {
  put("x", "");
  put(".gitignore", "x\n" + std::string(IgnoreLayer::kMaxFileBytes - 2, '#'));
  scan();
  BOOST_TEST(fate("x") == kIgnored);
  put(".gitignore", std::string(IgnoreLayer::kMaxFileBytes + 1, '#'));
  scan();
  BOOST_TEST(fate("x") == kIgnored);  // it says what it said before
}

BOOST_AUTO_TEST_CASE(only_lines_that_exclude_may_come_and_only_those_that_include_may_go) {
  BOOST_TEST(only_excludes_more("", ""));
  BOOST_TEST(only_excludes_more("", "a\nb\n"));
  BOOST_TEST(only_excludes_more("a\n", "b\na\nc"));
  BOOST_TEST(only_excludes_more("a\r\nb", "a\n# more\n\nb\n"));
  BOOST_TEST(only_excludes_more("a\n!b\n", "a\n"));
  BOOST_TEST(only_excludes_more("a\n!b\n", "a\n!b\nc\n"));
  BOOST_TEST(!only_excludes_more("a\n", ""));
  BOOST_TEST(!only_excludes_more("a\n", "a\n!b\n"));
  BOOST_TEST(!only_excludes_more("!a\nb\n", "b\n!a\n"));
  BOOST_TEST(!only_excludes_more("a\nb\n", "b\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
