#include "daemon/crypto/key_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"

namespace plait::crypto {
namespace {

namespace fs = std::filesystem;

struct Folder {
  support::TemporaryFolder folder;

  [[nodiscard]] std::string path(const std::string& name) const { return folder / name; }

  /// A file as somebody careful would have made it.
  std::string put(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    fs::permissions(path(name), fs::perms::owner_read | fs::perms::owner_write);
    return path(name);
  }
  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(folder.path()), {});
  }
};

fs::perms mode_of(const std::string& path) { return fs::status(path).permissions(); }

bool is_refused(const Result<SecretBytes>& read) {
  return !read && read.error().code == ErrorCode::Refused;
}
bool is_refused(const Result<void>& written) {
  return !written && written.error().code == ErrorCode::Refused;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_file, Folder)

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read) {
  BOOST_TEST_REQUIRE(write_key_file(path("key"), "secret").has_value());
  const auto content = read_key_file(path("key"));
  BOOST_TEST_REQUIRE(content.has_value());
  BOOST_TEST(content->view() == "secret");
}

BOOST_AUTO_TEST_CASE(the_file_is_its_owners_alone) {
  const mode_t before = ::umask(0);
  BOOST_TEST(write_key_file(path("key"), "secret").has_value());
  ::umask(before);
  BOOST_TEST((mode_of(path("key")) == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(a_missing_folder_is_made_for_its_owner_alone) {
  const mode_t before = ::umask(0);
  BOOST_TEST(write_key_file(path("state/key"), "secret").has_value());
  ::umask(before);
  BOOST_TEST((mode_of(path("state")) == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(writing_again_replaces_and_leaves_nothing_behind) {
  BOOST_TEST(write_key_file(path("key"), "a long first secret").has_value());
  BOOST_TEST(write_key_file(path("key"), "second").has_value());
  BOOST_TEST(read_key_file(path("key")).value().view() == "second");
  BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(a_failed_write_leaves_what_was_there) {
  fs::create_directory(path("key"));
  put("key/inside", "x");
  const auto written = write_key_file(path("key"), "secret");
  BOOST_TEST_REQUIRE(!written.has_value());
  BOOST_TEST((written.error().code == ErrorCode::System));
  BOOST_TEST(written.error().message.find(path("key")) != std::string::npos);
  BOOST_TEST(entries() == 1);
}

BOOST_AUTO_TEST_CASE(a_link_in_the_place_of_the_file_is_replaced_and_not_followed) {
  const std::string target = put("target", "theirs");
  fs::create_symlink(target, path("key"));
  BOOST_TEST(write_key_file(path("key"), "secret").has_value());
  BOOST_TEST(!fs::is_symlink(path("key")));
  BOOST_TEST(read_key_file(target).value().view() == "theirs");
}

BOOST_AUTO_TEST_CASE(no_secret_goes_into_a_folder_that_others_can_look_into) {
  for (const fs::perms right : {fs::perms::group_read, fs::perms::others_exec}) {
    fs::permissions(folder.path(), fs::perms::owner_all | right);
    BOOST_TEST(is_refused(write_key_file(path("key"), "secret")));
  }
  fs::permissions(folder.path(), fs::perms::owner_all);
  BOOST_TEST(entries() == 0);
}

BOOST_AUTO_TEST_CASE(no_secret_is_read_that_others_could_read_or_change) {
  put("key", "secret");
  for (const fs::perms right : {fs::perms::group_read, fs::perms::others_write}) {
    fs::permissions(path("key"), fs::perms::owner_read | right);
    BOOST_TEST(is_refused(read_key_file(path("key"))));
  }
  fs::permissions(path("key"), fs::perms::owner_read);
  BOOST_TEST(read_key_file(path("key")).has_value());
}

BOOST_AUTO_TEST_CASE(a_secret_of_another_user_is_refused) {
  std::string theirs = "/etc/passwd";
  if (::geteuid() == 0) {
    theirs = put("key", "secret");
    BOOST_TEST_REQUIRE(::chown(theirs.c_str(), 1, 1) == 0);
  }
  BOOST_TEST(is_refused(read_key_file(theirs)));
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused) {
  put("target", "secret");
  fs::create_symlink(path("target"), path("link"));
  BOOST_TEST(is_refused(read_key_file(path("link"))));
  BOOST_TEST(is_refused(read_key_file(folder.path().string())));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_told_from_one_that_cannot_be_read) {
  const auto missing = read_key_file(path("none"));
  BOOST_TEST_REQUIRE(!missing.has_value());
  BOOST_TEST((missing.error().code == ErrorCode::NotFound));
  put("file", "x");
  const auto through_a_file = read_key_file(path("file/key"));
  BOOST_TEST_REQUIRE(!through_a_file.has_value());
  BOOST_TEST((through_a_file.error().code == ErrorCode::System));
}

BOOST_AUTO_TEST_CASE(a_file_may_have_so_many_bytes_and_no_more) {
  const std::string most(kMaxKeyFileBytes, 'k');
  BOOST_TEST(write_key_file(path("key"), most).has_value());
  BOOST_TEST((read_key_file(path("key")).value().view() == most));

  const auto written = write_key_file(path("key"), most + "k");
  BOOST_TEST_REQUIRE(!written.has_value());
  BOOST_TEST((written.error().code == ErrorCode::LimitExceeded));
  const auto read = read_key_file(put("larger", most + "k"));
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST((read.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
