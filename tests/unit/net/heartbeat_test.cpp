#include "daemon/net/heartbeat.h"

#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::net {
namespace {

using std::chrono::seconds;

/// What is done about each of these silences: '.' nothing, 'p' a ping, 'x' the end.
std::string actions(std::initializer_list<int> silences) {
  Heartbeat heartbeat;
  std::string done;
  for (const int silence : silences) {
    switch (heartbeat.next(seconds{silence})) {
      case Heartbeat::Action::None: done += '.'; break;
      case Heartbeat::Action::Ping: done += 'p'; break;
      case Heartbeat::Action::GiveUp: done += 'x'; break;
    }
  }
  return done;
}

BOOST_AUTO_TEST_SUITE(heartbeat)

BOOST_AUTO_TEST_CASE(a_silence_of_five_seconds_is_asked_about_once) {
  BOOST_TEST(actions({0, 1, 4, 5, 6, 12}) == "...p..");
}

BOOST_AUTO_TEST_CASE(an_answer_makes_it_ask_again_later) {
  BOOST_TEST(actions({4, 5, 6, 0, 4, 5, 6}) == ".p...p.");
}

BOOST_AUTO_TEST_CASE(a_silence_of_thirteen_seconds_is_the_end) {
  BOOST_TEST(actions({5, 12, 13}) == "p.x");
  static_assert(kMaxSilence + seconds{2} <= seconds{15}, "and one tick to hear, one to look");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::net
