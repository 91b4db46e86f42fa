#include "daemon/loop/timer.h"

#include <chrono>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"
#include "tests/support/run_until.h"

namespace plait::loop {
namespace {

using namespace std::chrono_literals;
using support::run_until;

}  // namespace

BOOST_AUTO_TEST_SUITE(timer)

BOOST_AUTO_TEST_CASE(it_never_fires_early) {
  Loop loop;
  for (int i = 0; i < 20; ++i) {
    const MonotonicTime due = loop.now() + 1500us;
    Timer timer(loop, [&] { BOOST_TEST((loop.now() >= due)); });
    timer.start_at(due);
    loop.run();
  }
}

BOOST_AUTO_TEST_CASE(time_that_passed_before_the_loop_ran_counts) {
  Loop loop;
  const MonotonicTime due = loop.now() + 5ms;
  while (loop.now() < due) continue;
  Timer timer(loop, [&] { BOOST_TEST((loop.now() >= due + 2ms)); });
  timer.start_at(due + 2ms);
  loop.run();
}

BOOST_AUTO_TEST_CASE(timers_fire_in_the_order_of_their_times) {
  Loop loop;
  std::string order;
  Timer second(loop, [&] { order += '2'; });
  Timer third(loop, [&] { order += '3'; });
  Timer first(loop, [&] { order += '1'; });
  second.start(4ms);
  third.start(8ms);
  first.start(1ms);
  loop.run();
  BOOST_TEST(order == "123");
}

BOOST_AUTO_TEST_CASE(what_is_due_fires_in_the_next_turn_and_not_before) {
  Loop loop;
  bool has_fired = false;
  Timer timer(loop, [&] { has_fired = true; });
  timer.start_at(MonotonicTime{});
  BOOST_TEST(!has_fired);
  loop.run();
  BOOST_TEST(has_fired);
}

BOOST_AUTO_TEST_CASE(a_time_that_never_comes_can_be_waited_for) {
  Loop loop;
  Timer never(loop, [] { BOOST_ERROR("the end of time"); });
  never.start_at(MonotonicTime::max());
  Timer soon(loop, [&] { never.stop(); });
  soon.start(1ms);
  loop.run();
}

BOOST_AUTO_TEST_CASE(starting_again_moves_it) {
  Loop loop;
  int count = 0;
  Timer timer(loop, [&] { ++count; });
  timer.start(1h);
  timer.start(1ms);
  loop.run();
  BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE(a_stopped_timer_does_not_fire) {
  Loop loop;
  Timer timer(loop, [] { BOOST_ERROR("it was stopped"); });
  timer.start(1ms);
  BOOST_TEST(timer.is_running());
  timer.stop();
  BOOST_TEST(!timer.is_running());
  loop.run();
}

BOOST_AUTO_TEST_CASE(it_repeats_until_it_is_stopped) {
  Loop loop;
  int count = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&] {
    if (++count == 3) timer->stop();
  });
  timer->start(1ms, 1us);
  loop.run();
  BOOST_TEST(count == 3);
}

BOOST_AUTO_TEST_CASE(it_may_be_started_again_by_its_callback) {
  Loop loop;
  int count = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&] {
    BOOST_TEST(!timer->is_running());
    if (++count < 3) timer->start(0ms);
  });
  timer->start(0ms);
  loop.run();
  BOOST_TEST(count == 3);
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  Loop loop;
  const auto kept = std::make_shared<std::string>("a callback's own things");
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&timer, kept] {
    timer.reset();
    BOOST_TEST(*kept == "a callback's own things");
  });
  timer->start(1ms, 1ms);
  loop.run();
  BOOST_TEST((timer == nullptr));
  BOOST_TEST(kept.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(destroying_it_stops_it) {
  Loop loop;
  auto timer = std::make_unique<Timer>(loop, [] { BOOST_ERROR("it is gone"); });
  timer->start(0ms);
  timer.reset();
  loop.run();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
