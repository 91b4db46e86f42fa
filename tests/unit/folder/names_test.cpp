#include "daemon/folder/names.h"

#include <array>
#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace plait::folder {
namespace {

const std::array<std::string, 12> kNeverShared{
    ".git",    ".git/config",    "sub/module/.git", ".GIT/hooks/post-checkout",
    ".Git./x", "git~1/config",   ".hg/hgrc",        ".svn/x",
    ".jj/x",   ".\u017Fsh/keys", ".gnupg/x",        "src/.plait-ab-1",
};
const std::array<std::string, 5> kOrdinary{".github/workflows/ci.yml", ".gitignore", "git/x",
                                           "src/main.cpp", "plait-x"};
const std::array<std::string, 12> kGuardedPaths{
    ".vscode/tasks.json", "a/.VSCode/x", ".idea/x",          ".devcontainer/x",
    ".nvim.lua",          "sub/.exrc",   ".envrc",           ".husky/pre-commit",
    ".gitattributes",     ".gitmodules", "x.code-workspace", ".npmrc",
};
const std::array<std::string, 10> kSecrets{".env",
                                           ".env.local",
                                           "app/.ENV.production",
                                           ".envrc",
                                           "id_rsa",
                                           "certs/server.pem",
                                           "server.KEY",
                                           ".netrc",
                                           "keys/id_ed25519",
                                           ".git-credentials"};
const std::array<std::string, 5> kNoSecrets{".env.example", "id_rsa.pub", "environment", "key",
                                            "monkey"};

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_DATA_TEST_CASE(what_belongs_to_a_repository_is_never_shared, kNeverShared, path) {
  BOOST_TEST(is_never_shared(path));
}

BOOST_DATA_TEST_CASE(ordinary_files_are_neither_kept_back_nor_guarded, kOrdinary, path) {
  BOOST_TEST(!is_never_shared(path));
  BOOST_TEST(!is_guarded(path));
  BOOST_TEST(!looks_secret(path));
}

BOOST_DATA_TEST_CASE(what_runs_when_a_folder_is_opened_is_guarded, kGuardedPaths, path) {
  BOOST_TEST(is_guarded(path));
}

BOOST_DATA_TEST_CASE(passwords_and_keys_are_known_by_their_names, kSecrets, path) {
  BOOST_TEST(looks_secret(path));
}

BOOST_DATA_TEST_CASE(what_only_resembles_a_secret_is_none, kNoSecrets, path) {
  BOOST_TEST(!looks_secret(path));
}

BOOST_AUTO_TEST_CASE(paths_come_apart_and_together) {
  BOOST_TEST(name_in("a/b/c") == "c");
  BOOST_TEST(name_in("c") == "c");
  BOOST_TEST(folder_of("a/b/c") == "a/b");
  BOOST_TEST(folder_of("c") == "");
  BOOST_TEST(path_in("a/b", "c") == "a/b/c");
  BOOST_TEST(path_in("", "c") == "c");
}

BOOST_AUTO_TEST_CASE(a_name_that_only_begins_the_same_is_not_within) {
  BOOST_TEST(is_within("a", "a"));
  BOOST_TEST(is_within("a/b", "a"));
  BOOST_TEST(is_within("a", ""));
  BOOST_TEST(!is_within("ab", "a"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
