#include "daemon/loop/wakeup.h"

#include <atomic>
#include <memory>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::loop {
namespace {

using support::run_until;

}  // namespace

BOOST_AUTO_TEST_SUITE(wakeup)

BOOST_AUTO_TEST_CASE(another_thread_wakes_the_loop_and_what_it_wrote_is_seen) {
  Loop loop;
  int written = 0;  // no lock: wake() is what orders the two threads
  int seen = 0;
  Wakeup wakeup(loop, [&] { seen = written; });
  std::thread other([&] {
    written = 7;
    wakeup.wake();
  });
  run_until(loop, [&] { return seen == 7; });
  other.join();
}

BOOST_AUTO_TEST_CASE(after_the_last_of_many_calls_there_is_a_callback) {
  constexpr int kCalls = 10'000;
  Loop loop;
  std::atomic<int> calls = 0;
  int seen = 0;
  Wakeup wakeup(loop, [&] { seen = calls; });
  std::thread other([&] {
    for (int i = 0; i < kCalls; ++i) {
      ++calls;
      wakeup.wake();
    }
  });
  run_until(loop, [&] { return seen == kCalls; });
  other.join();
}

BOOST_AUTO_TEST_CASE(it_is_not_told_within_the_call) {
  Loop loop;
  int count = 0;
  Wakeup wakeup(loop, [&] { ++count; });
  wakeup.wake();
  BOOST_TEST(count == 0);
  run_until(loop, [&] { return count == 1; });
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  Loop loop;
  std::unique_ptr<Wakeup> wakeup;
  wakeup = std::make_unique<Wakeup>(loop, [&] { wakeup.reset(); });
  wakeup->wake();
  loop.run();
  BOOST_TEST((wakeup == nullptr));
}

BOOST_AUTO_TEST_CASE(destroyed_it_is_not_told_what_came_before) {
  Loop loop;
  auto wakeup = std::make_unique<Wakeup>(loop, [] { BOOST_ERROR("it is gone"); });
  wakeup->wake();
  wakeup.reset();
  loop.run();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
