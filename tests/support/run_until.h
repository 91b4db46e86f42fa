#pragma once

#include <chrono>

#include <boost/test/unit_test.hpp>

#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"

namespace plait::support {

/// Runs the loop until something holds, which is looked at after each turn. Fails the test when
/// that takes so long that it will never happen.
template <class Holds>
void run_until(loop::Loop& loop, Holds holds) {
  bool is_late = false;
  loop::Timer deadline(loop, [&] {
    is_late = true;
    loop.stop();
  });
  deadline.start(std::chrono::seconds{20});
  const loop::EndOfTurn look(loop, [&] {
    if (holds()) loop.stop();
  });
  loop.run();
  BOOST_TEST_REQUIRE(!is_late, "what was waited for did not happen");
}

}  // namespace plait::support
