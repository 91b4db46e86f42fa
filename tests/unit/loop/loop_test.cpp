#include "daemon/loop/loop.h"

#include <chrono>
#include <csignal>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/timer.h"

namespace plait::loop {
namespace {

void do_nothing(int) {}

}  // namespace

BOOST_AUTO_TEST_SUITE(loop)

BOOST_AUTO_TEST_CASE(it_returns_when_nothing_is_left) {
  Loop loop;
  loop.run();
}

BOOST_AUTO_TEST_CASE(it_can_be_stopped_and_run_again) {
  Loop loop;
  int count = 0;
  Timer timer(loop, [&] {
    ++count;
    loop.stop();
  });
  timer.start(std::chrono::milliseconds{1}, std::chrono::milliseconds{1});
  loop.run();
  BOOST_TEST(count == 1);
  loop.run();
  BOOST_TEST(count == 2);
}

BOOST_AUTO_TEST_CASE(several_can_live_side_by_side) {
  Loop one;
  Loop two;
  int count = 0;
  Timer first(one, [&] { ++count; });
  Timer second(two, [&] { ++count; });
  first.start(std::chrono::milliseconds{1});
  second.start(std::chrono::milliseconds{1});
  two.run();
  one.run();
  BOOST_TEST(count == 2);
}

BOOST_AUTO_TEST_CASE(broken_pipes_are_no_signal_from_then_on) {
  std::signal(SIGPIPE, SIG_DFL);
  const Loop loop;
  BOOST_TEST((std::signal(SIGPIPE, SIG_IGN) == SIG_IGN));
}

BOOST_AUTO_TEST_CASE(somebody_elses_handler_for_broken_pipes_stays) {
  std::signal(SIGPIPE, do_nothing);
  const Loop loop;
  BOOST_TEST((std::signal(SIGPIPE, SIG_IGN) == do_nothing));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
