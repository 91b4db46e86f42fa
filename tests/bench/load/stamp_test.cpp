#include "tests/bench/load/stamp.h"

#include <boost/test/unit_test.hpp>

namespace plait::load {
namespace {

std::string_view view(const Stamp& stamp) { return {stamp.data(), stamp.size()}; }

BOOST_AUTO_TEST_SUITE(stamp)

BOOST_AUTO_TEST_CASE(every_time_comes_back) {
  constexpr Nanoseconds kLast = (Nanoseconds{1} << 48) - 1;
  for (const Nanoseconds time : {Nanoseconds{0}, Nanoseconds{63}, Nanoseconds{64},
                                 Nanoseconds{1'234'567'890'123}, kLast}) {
    const Stamp stamp = stamp_of(time);
    BOOST_TEST(*time_of(view(stamp)) == time);
  }
}

BOOST_AUTO_TEST_CASE(a_stamp_is_printable_ascii) {
  for (const char c : stamp_of(Nanoseconds{0x123456789ABC})) {
    BOOST_TEST(c >= '0');
    BOOST_TEST(c < 0x70);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_stamp_has_no_time) {
  BOOST_TEST(!time_of("0000000"));
  BOOST_TEST(!time_of("0000 000"));
  BOOST_TEST(!time_of("000000p0"));
  BOOST_TEST(
      !time_of("\xC3\xA9"
               "000000"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::load
