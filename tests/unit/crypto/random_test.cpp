#include "daemon/crypto/random.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plait::crypto {

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(it_never_draws_the_same_twice) {
  SystemRandom random;
  std::set<std::array<std::uint8_t, 16>> drawn;
  for (int i = 0; i < 1'000; ++i) drawn.insert(random_bytes<16>(random));
  BOOST_TEST(drawn.size() == 1'000U);
}

BOOST_AUTO_TEST_CASE(every_byte_is_drawn) {
  SystemRandom random;
  random.fill({});  // may be asked for nothing
  std::vector<std::uint8_t> either(1'000, 0);
  // A byte stays zero in all of eight draws once in 2^64 times.
  for (int i = 0; i < 8; ++i) {
    std::vector<std::uint8_t> bytes(either.size());
    random.fill(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) either[at] |= bytes[at];
  }
  BOOST_TEST(std::count(either.begin(), either.end(), 0) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
