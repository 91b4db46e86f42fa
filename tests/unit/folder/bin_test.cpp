#include "daemon/folder/bin.h"

#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/folder/shared_folder.h"

namespace plait::folder {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayMs = std::int64_t{24} * 60 * 60 * 1000;

std::string kept(SharedFolder& folder, const std::string& path, const std::string& text) {
  auto kept_at = folder.bin.keep_copy(path, text);
  BOOST_TEST_REQUIRE(kept_at.has_value());
  return *kept_at;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bin)

BOOST_AUTO_TEST_CASE(what_is_kept_is_found_by_time_and_path) {
  SharedFolder folder;
  const std::string at = kept(folder, "src/main.c", "text");
  BOOST_TEST(at == folder.outside / "bin/20270115T080000Z/src/main.c");
  BOOST_TEST(SharedFolder::text_at(at).value_or("") == "text");
}

BOOST_AUTO_TEST_CASE(versions_of_one_second_are_all_kept) {
  SharedFolder folder;
  BOOST_TEST(kept(folder, "a", "1") == folder.outside / "bin/20270115T080000Z/a");
  BOOST_TEST(kept(folder, "a", "2") == folder.outside / "bin/20270115T080000Z-2/a");
  BOOST_TEST(kept(folder, "b", "3") == folder.outside / "bin/20270115T080000Z/b");
}

BOOST_AUTO_TEST_CASE(a_file_and_a_folder_of_one_name_are_both_kept) {
  SharedFolder folder;
  kept(folder, "a", "file");
  BOOST_TEST(SharedFolder::text_at(kept(folder, "a/b", "in folder")).value_or("") ==
             "in folder");
}

BOOST_AUTO_TEST_CASE(nobody_else_looks_into_it) {
  SharedFolder folder;
  const auto mode = fs::status(folder.outside.path() / "bin").permissions();
  BOOST_TEST((mode == fs::perms::owner_all));
}

BOOST_AUTO_TEST_CASE(after_thirty_days_it_goes_and_not_before) {
  SharedFolder folder;
  const std::string at = kept(folder, "a", "text");
  const std::int64_t then = folder.clock.time.ms;
  folder.bin.purge({then + 30 * kDayMs});
  BOOST_TEST(fs::exists(at));
  folder.bin.purge({then + 30 * kDayMs + 1000});
  BOOST_TEST(!fs::exists(at));
}

BOOST_AUTO_TEST_CASE(of_too_much_the_oldest_goes_first) {
  SharedFolder folder;
  const std::string first = kept(folder, "a", "12345");
  folder.clock.time.ms += 1000;
  const std::string second = kept(folder, "b", "12345");
  folder.bin.purge(folder.clock.time, /*max_bytes=*/10);
  BOOST_TEST(fs::exists(first));
  folder.bin.purge(folder.clock.time, /*max_bytes=*/9);
  BOOST_TEST(!fs::exists(first));
  BOOST_TEST(fs::exists(second));
}

// Only where there is a second file system to write to.
BOOST_AUTO_TEST_CASE(from_another_file_system_a_file_is_copied) {
  const fs::path other = "/dev/shm";
  SharedFolder folder;
  struct stat here {};
  struct stat there {};
  if (::stat(other.c_str(), &there) != 0 || ::stat(folder.tree.c_str(), &here) != 0 ||
      here.st_dev == there.st_dev || access(other.c_str(), W_OK) != 0) {
    BOOST_TEST_MESSAGE("no second file system here");
    return;
  }
  std::string name = other / "plait-XXXXXX";
  BOOST_TEST_REQUIRE(mkdtemp(name.data()) != nullptr);
  {
    const auto far = Bin::open(name + "/bin", folder.clock);
    BOOST_TEST_REQUIRE(far.has_value());
    folder.put("file", "text");
    const auto place = folder.root.place_of("file");
    BOOST_TEST_REQUIRE(place.has_value());
    const auto kept_at = far->take(place->at(), "file");
    BOOST_TEST_REQUIRE(kept_at.has_value());
    BOOST_TEST(SharedFolder::text_at(*kept_at).value_or("") == "text");
    BOOST_TEST(folder.all().empty());
  }
  fs::remove_all(name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
