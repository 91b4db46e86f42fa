#include "daemon/loop/end_of_turn.h"

#include <chrono>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/timer.h"
#include "tests/unit/loop/connection.h"

namespace plait::loop {

BOOST_AUTO_TEST_SUITE(end_of_turn)

BOOST_FIXTURE_TEST_CASE(it_comes_after_everything_that_could_be_read, Connection) {
  std::string order;
  alice_ears.reaction = [&] { order += 'r'; };
  bob_ears.reaction = [&] { order += 'r'; };
  alice->write("x");
  bob->write("y");
  const EndOfTurn end(loop, [&] {
    if (order.find('r') != std::string::npos) order += 'e';
    if (order.size() > 2) loop.stop();
  });
  loop.run();
  BOOST_TEST(order.substr(0, 3) == "rre");
}

BOOST_AUTO_TEST_CASE(it_comes_between_a_timer_and_waiting) {
  Loop loop;
  bool has_fired = false;
  Timer timer(loop, [&] { has_fired = true; });
  timer.start(std::chrono::milliseconds{1});
  // What the loop would wake up for if it waited first.
  const MonotonicTime much_later = loop.now() + std::chrono::seconds{10};
  Timer late(loop, [] {});
  late.start_at(much_later);
  const EndOfTurn end(loop, [&] {
    if (has_fired) loop.stop();
  });
  loop.run();
  BOOST_TEST((loop.now() < much_later));
}

BOOST_FIXTURE_TEST_CASE(it_comes_before_a_stopped_loop_returns, Connection) {
  std::string order;
  bob_ears.reaction = [&] {
    order += 'r';
    loop.stop();
  };
  alice->write("x");
  const EndOfTurn end(loop, [&] {
    if (!order.empty()) order += 'e';
  });
  loop.run();
  BOOST_TEST(order == "re");
}

BOOST_AUTO_TEST_CASE(it_does_not_keep_the_loop_running) {
  Loop loop;
  const EndOfTurn end(loop, [] {});
  loop.run();
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_by_its_callback) {
  Loop loop;
  int count = 0;
  std::unique_ptr<EndOfTurn> end;
  end = std::make_unique<EndOfTurn>(loop, [&] {
    ++count;
    end.reset();
    ++count;
  });
  Timer timer(loop, [] {});
  timer.start(std::chrono::milliseconds{1});
  loop.run();
  BOOST_TEST(count == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::loop
