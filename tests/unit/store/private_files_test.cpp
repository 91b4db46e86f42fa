#include "daemon/store/private_files.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/support/temporary_folder.h"

namespace plait::store {
namespace {

namespace fs = std::filesystem;

fs::perms mode_of(const std::string& path) { return fs::status(path).permissions(); }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(private_files, support::TemporaryFolder)

BOOST_AUTO_TEST_CASE(a_new_folder_is_its_owners_alone) {
  const std::string folder = *this / "a/b/c";
  BOOST_TEST_REQUIRE(make_private_folder(folder).has_value());
  BOOST_TEST((mode_of(folder) == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(a_folder_that_others_could_look_into_is_closed_to_them) {
  const std::string folder = *this / "open";
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::all);
  BOOST_TEST_REQUIRE(make_private_folder(folder).has_value());
  BOOST_TEST((mode_of(folder) == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(a_file_is_no_folder) {
  const std::string file = *this / "file";
  std::ofstream(file) << "x";
  BOOST_TEST(!make_private_folder(file).has_value());
  BOOST_TEST(!make_private_folder(file + "/folder").has_value());
}

BOOST_AUTO_TEST_CASE(a_file_gets_its_name_once_it_is_whole) {
  const std::string partial = *this / "x.partial";
  const std::string file = *this / "x";
  std::ofstream(partial) << "left by somebody";
  BOOST_TEST_REQUIRE(make_private_file(partial, file).has_value());
  BOOST_TEST(fs::file_size(partial) == 0U);
  BOOST_TEST((mode_of(partial) == (fs::perms::owner_read | fs::perms::owner_write)));
  BOOST_TEST(!fs::exists(file));
  BOOST_TEST_REQUIRE(publish_file(partial, file).has_value());
  BOOST_TEST(fs::exists(file));
  BOOST_TEST(!fs::exists(partial));
}

BOOST_AUTO_TEST_CASE(nothing_is_ever_replaced) {
  const std::string partial = *this / "x.partial";
  const std::string file = *this / "x";
  BOOST_TEST_REQUIRE(make_private_file(partial, file).has_value());
  std::ofstream(file) << "precious";
  BOOST_TEST(!publish_file(partial, file).has_value());
  const auto again = make_private_file(partial, file);
  BOOST_TEST_REQUIRE(!again.has_value());
  BOOST_TEST((again.error().code == ErrorCode::Refused));
  BOOST_TEST(fs::file_size(file) == 8U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
