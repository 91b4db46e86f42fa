#include "daemon/store/hash_chain.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "protocol/base/hex.h"

namespace plait::store {

BOOST_AUTO_TEST_SUITE(hash_chain)

// The expected hashes are Python's:
//   def v(n): return bytes([n & 127 | 128]) + v(n >> 7) if n > 127 else bytes([n])
//   a = sha256(bytes(32) + v(1) + v(1) + v(5) + v(1700000000000) + v(3) + b'ann' + v(3) +
//   b'abc') b = sha256(a + v(1) + v(2) + v(5) + v(1700000000300) + v(3) + b'bob' + v(2) +
//   b'de')
BOOST_AUTO_TEST_CASE(it_is_the_hash_that_the_documentation_describes) {
  crypto::Sha256 hasher;
  const auto a = next_in_chain(hasher, kChainStart, {1, 1, 5, 1'700'000'000'000, "ann"}, "abc");
  BOOST_TEST(hex_of(crypto::view_of(a)) ==
             "16ee2f55258ce6e76b2d74a062dc60c06a416de2f4f18364c5a1fcc1018047e9");
  const auto b = next_in_chain(hasher, a, {1, 2, 5, 1'700'000'000'300, "bob"}, "de");
  BOOST_TEST(hex_of(crypto::view_of(b)) ==
             "8c64f9819f5760309fd39d013da7fd8145bc67bc2ba2305329c44994f9d8a983");
}

BOOST_AUTO_TEST_CASE(everything_in_an_entry_counts) {
  crypto::Sha256 hasher;
  const EntryHead head{1, 2, 3, 4, "ann"};
  const auto hash = next_in_chain(hasher, kChainStart, head, "abc");
  crypto::Sha256Digest other_start{};
  other_start[31] = 1;
  BOOST_TEST(next_in_chain(hasher, other_start, head, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, {9, 2, 3, 4, "ann"}, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, {1, 9, 3, 4, "ann"}, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, {1, 2, 9, 4, "ann"}, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, {1, 2, 3, 9, "ann"}, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, {1, 2, 3, 4, "bob"}, "abc") != hash);
  BOOST_TEST(next_in_chain(hasher, kChainStart, head, "abd") != hash);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
