#include "daemon/app/mailbox.h"

#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/loop.h"

namespace plait::app {

BOOST_AUTO_TEST_SUITE(mailbox)

BOOST_AUTO_TEST_CASE(calls_come_to_the_loops_thread_in_their_order) {
  constexpr int kCalls = 1000;
  loop::Loop loop;
  std::vector<int> called;
  const std::thread::id here = std::this_thread::get_id();
  Mailbox mailbox(loop);
  std::thread writer([&] {
    for (int i = 0; i < kCalls; ++i) {
      mailbox.post([&, i] {
        BOOST_TEST_REQUIRE((std::this_thread::get_id() == here));
        called.push_back(i);
        if (i + 1 == kCalls) loop.stop();
      });
    }
  });
  loop.run();
  writer.join();
  BOOST_TEST_REQUIRE(called.size() == kCalls);
  for (int i = 0; i < kCalls; ++i) BOOST_TEST_REQUIRE(called[static_cast<std::size_t>(i)] == i);
}

// What a call posts comes in a later delivery, so that a turn always ends.
BOOST_AUTO_TEST_CASE(a_call_may_post_another) {
  loop::Loop loop;
  Mailbox mailbox(loop);
  int calls = 0;
  mailbox.post([&] {
    ++calls;
    mailbox.post([&] {
      ++calls;
      loop.stop();
    });
  });
  loop.run();
  BOOST_TEST(calls == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::app
