#include "daemon/support/agenda.h"

#include <chrono>
#include <memory>
#include <string>

#include <boost/test/unit_test.hpp>

namespace plait {
namespace {

using namespace std::chrono_literals;
constexpr MonotonicTime kStart{1h};

}  // namespace

BOOST_AUTO_TEST_SUITE(agenda)

BOOST_AUTO_TEST_CASE(alarms_ring_when_they_are_due_and_in_order) {
  Agenda agenda;
  std::string rung;
  Alarm a(agenda, [&] { rung += 'a'; });
  Alarm b(agenda, [&] { rung += 'b'; });
  Alarm c(agenda, [&] { rung += 'c'; });
  BOOST_TEST(!agenda.next().has_value());
  c.set(kStart + 1s);
  b.set(kStart + 2s);
  a.set(kStart + 2s);
  BOOST_TEST((agenda.next() == kStart + 1s));
  agenda.advance(kStart);
  BOOST_TEST(rung.empty());
  agenda.advance(kStart + 2s);
  BOOST_TEST(rung == "cab");
  BOOST_TEST(!agenda.next().has_value());
}

BOOST_AUTO_TEST_CASE(an_alarm_is_set_anew_or_stopped) {
  Agenda agenda;
  int rung = 0;
  Alarm alarm(agenda, [&] { ++rung; });
  alarm.set(kStart);
  alarm.set(kStart + 1s);
  agenda.advance(kStart);
  BOOST_TEST(rung == 0);
  alarm.stop();
  agenda.advance(kStart + 1h);
  BOOST_TEST(rung == 0);
}

BOOST_AUTO_TEST_CASE(ringing_may_be_the_end_of_the_alarm_and_of_others) {
  Agenda agenda;
  std::unique_ptr<Alarm> first;
  std::unique_ptr<Alarm> second;
  int rung = 0;
  first = std::make_unique<Alarm>(agenda, [&] {
    ++rung;
    first.reset();
    second.reset();
  });
  second = std::make_unique<Alarm>(agenda, [&] { ++rung; });
  first->set(kStart);
  second->set(kStart);
  agenda.advance(kStart);
  BOOST_TEST(rung == 1);
  BOOST_TEST(!agenda.next().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait
