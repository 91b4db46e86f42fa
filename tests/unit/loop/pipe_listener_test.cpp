#include "daemon/loop/pipe_listener.h"

#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/unit/loop/pipe_folder.h"

namespace plait::loop {
namespace {

namespace fs = std::filesystem;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pipe_listener, PipeFolder)

BOOST_AUTO_TEST_CASE(its_socket_belongs_to_this_user_alone) {
  open();
  BOOST_TEST((fs::status(path()).type() == fs::file_type::socket));
  BOOST_TEST(
      (fs::status(path()).permissions() == (fs::perms::owner_read | fs::perms::owner_write)));
}

BOOST_AUTO_TEST_CASE(its_socket_goes_with_it) {
  open();
  listener.reset();
  BOOST_TEST(!fs::exists(path()));
}

BOOST_AUTO_TEST_CASE(it_takes_the_place_of_a_socket_that_was_left_behind) {
  open();
  fs::rename(path(), folder / "left");
  listener.reset();
  fs::rename(folder / "left", path());

  open();
  come();
  run_until(loop, [&] { return guest != nullptr; });
}

BOOST_AUTO_TEST_CASE(it_leaves_a_file_alone) {
  std::ofstream(path()) << "mine";
  const auto made = PipeListener::listen(loop, path(), [](auto) {});
  BOOST_TEST_REQUIRE(!made.has_value());
  BOOST_TEST(made.error().message == "listening on " + path() + ": address already in use");
  BOOST_TEST(fs::is_regular_file(path()));
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_an_error) {
  BOOST_TEST(!PipeListener::listen(loop, path() + "/none/s", [](auto) {}).has_value());
}

BOOST_AUTO_TEST_CASE(the_longest_path_is_fine_and_a_longer_one_is_not) {
  const std::string here = folder.string() + "/";
  const std::string longest = here + std::string(kMaxSocketPath - here.size(), 'x');
  BOOST_TEST(PipeListener::listen(loop, longest, [](auto) {}).has_value());

  const auto longer = PipeListener::listen(loop, longest + "x", [](auto) {});
  BOOST_TEST_REQUIRE(!longer.has_value());
  BOOST_TEST((longer.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
