#include "daemon/app/home.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_listener.h"
#include "tests/support/temporary_folder.h"

namespace plait::app {
namespace {

struct Place {
  support::TemporaryFolder folder;

  [[nodiscard]] static unsigned mode_of(const std::string& path) {
    struct stat info {};
    BOOST_TEST_REQUIRE(stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777U;
  }
};

/// Variables of the environment, as they were before in the end.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    // NOLINTBEGIN(concurrency-mt-unsafe): tests of this program run on one thread
    if (const char* before = std::getenv(name)) before_ = before;
    if (value != nullptr) {
      setenv(name, value, 1);
    } else {
      unsetenv(name);
    }
    // NOLINTEND(concurrency-mt-unsafe)
  }
  ~Variable() {
    // NOLINTBEGIN(concurrency-mt-unsafe)
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
    // NOLINTEND(concurrency-mt-unsafe)
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(home, Place)

BOOST_AUTO_TEST_CASE(plait_home_says_where_it_is_and_then_xdg_and_then_home) {
  const Variable user("HOME", "/home/ann");
  const Variable state("XDG_STATE_HOME", "/var/state");
  {
    const Variable given("PLAIT_HOME", "/srv/plait/");
    BOOST_TEST(home_folder().value() == "/srv/plait");
  }
  {
    const Variable given("PLAIT_HOME", "x/../y");
    BOOST_TEST(home_folder().value() == (std::filesystem::current_path() / "y").string());
  }
  const Variable none("PLAIT_HOME", "");
  BOOST_TEST(home_folder().value() == "/var/state/plait");
  const Variable relative("XDG_STATE_HOME", "state");
  BOOST_TEST(home_folder().value() == "/home/ann/.local/state/plait");
  const Variable nobody("HOME", /*value=*/nullptr);
  BOOST_TEST((home_folder().error().code == ErrorCode::NotFound));
}

BOOST_AUTO_TEST_CASE(it_is_made_for_its_user_alone) {
  const std::string path = folder / "a/b/home";
  const auto made = Home::open(path);
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(mode_of(path) == 0700U);
  BOOST_TEST(made->path_of(kDeviceKey) == path + "/device.key");
  BOOST_TEST(Home::open(path).has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_folder_is_closed_to_others_and_so_is_one_of_ours) {
  const std::string path = folder / "home";
  std::filesystem::create_directory(path);
  chmod(path.c_str(), 0755);
  BOOST_TEST(Home::open(path).has_value());
  BOOST_TEST(mode_of(path) == 0700U);
  std::ofstream(path + "/" + kDaemonLock).flush();
  chmod(path.c_str(), 0755);
  BOOST_TEST(Home::open(path).has_value());
  BOOST_TEST(mode_of(path) == 0700U);
}

BOOST_AUTO_TEST_CASE(a_folder_with_other_things_is_not_ours_to_close) {
  const std::string path = folder / "home";
  std::filesystem::create_directory(path);
  chmod(path.c_str(), 0755);
  std::ofstream(path + "/thesis.txt").flush();
  const auto refused = Home::open(path);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST((refused.error().code == ErrorCode::Refused));
  BOOST_TEST(mode_of(path) == 0755U);
  chmod(path.c_str(), 0700);
  BOOST_TEST(Home::open(path).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_is_no_home) {
  const std::string path = folder / "home";
  std::ofstream(path).flush();
  BOOST_TEST(!Home::open(path).has_value());
}

BOOST_AUTO_TEST_CASE(one_has_the_lock_and_nobody_else) {
  const Home home = Home::open(folder / "home").value();
  BOOST_TEST(!DaemonLock::is_taken(home));
  {
    const auto lock = DaemonLock::take(home);
    BOOST_TEST_REQUIRE(lock.value().has_value());
    BOOST_TEST(DaemonLock::is_taken(home));
    BOOST_TEST(!DaemonLock::take(home).value().has_value());
  }
  BOOST_TEST(!DaemonLock::is_taken(home));
  BOOST_TEST(DaemonLock::take(home).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_socket_in_it_has_a_short_path_however_deep_it_lies) {
  const std::string path = folder / (std::string(100, 'x') + "/" + std::string(100, 'y'));
  const Home home = Home::open(path).value();
  loop::Loop loop;
  const auto listener =
      loop::PipeListener::listen(loop, home.short_path_of(kDaemonSocket), [](auto) {});
  BOOST_TEST_REQUIRE(listener.has_value());
  BOOST_TEST(std::filesystem::is_socket(path + "/" + kDaemonSocket));
}

BOOST_AUTO_TEST_CASE(a_folder_that_has_to_do_with_it_is_not_shared) {
  const std::string real = std::filesystem::canonical(folder.path()).string();
  const auto home = Home::open(real + "/home");
  BOOST_TEST_REQUIRE(home.has_value());
  for (const std::string& wrong :
       {std::string("/"), real, real + "/home", real + "/home/log"}) {
    BOOST_TEST(!home->check_apart(wrong).has_value(), wrong);
  }
  for (const char* apart : {"/garden", "/home2", "/homes/log"}) {
    BOOST_TEST(home->check_apart(real + apart).has_value(), apart);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
