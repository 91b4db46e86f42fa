#include "daemon/loop/signal.h"

#include <csignal>
#include <memory>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::loop {
namespace {

using support::run_until;

}  // namespace

BOOST_AUTO_TEST_SUITE(signal)

BOOST_AUTO_TEST_CASE(it_is_told_on_the_loop_and_not_where_it_strikes) {
  Loop loop;
  int count = 0;
  const Signal signal(loop, SIGUSR1, [&] { ++count; });
  std::raise(SIGUSR1);
  BOOST_TEST(count == 0);
  run_until(loop, [&] { return count == 1; });
}

BOOST_AUTO_TEST_CASE(each_number_has_its_own) {
  Loop loop;
  int first = 0;
  int second = 0;
  const Signal usr1(loop, SIGUSR1, [&] { ++first; });
  const Signal usr2(loop, SIGUSR2, [&] { ++second; });
  std::raise(SIGUSR2);
  run_until(loop, [&] { return second == 1; });
  BOOST_TEST(first == 0);
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  Loop loop;
  std::unique_ptr<Signal> signal;
  signal = std::make_unique<Signal>(loop, SIGUSR1, [&] { signal.reset(); });
  std::raise(SIGUSR1);
  loop.run();
  BOOST_TEST((signal == nullptr));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
