#include "daemon/crypto/digest.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "tests/support/hex.h"
#include "tests/support/seeded_random.h"

namespace plait::crypto {
namespace {

using support::bytes_of_hex;
using support::hex_of;
using support::SeededRandom;

namespace data = boost::unit_test::data;

struct HashSample {
  std::string bytes;
  std::string digest;
};
std::ostream& operator<<(std::ostream& out, const HashSample& sample) {
  return out << sample.digest;
}

// FIPS 180-4, as NIST's examples have it.
const HashSample kHashSamples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {std::string(1'000'000, 'a'),
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

struct MacSample {
  std::string key;
  std::string bytes;
  std::string digest;
};
std::ostream& operator<<(std::ostream& out, const MacSample& sample) {
  return out << sample.digest;
}

// RFC 4231. Case 5 is about a shortened digest, which ours never is.
const MacSample kMacSamples[] = {
    {std::string(20, '\x0b'), "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"Jefe", "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {bytes_of_hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
     std::string(50, '\xcd'),
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {std::string(131, '\xaa'),
     "This is a test using a larger than block-size key and a larger than block-size data. The "
     "key needs to be hashed before being used by the HMAC algorithm.",
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(digest)

BOOST_DATA_TEST_CASE(sha256_is_that_of_the_standard, data::make(kHashSamples), sample) {
  BOOST_TEST(hex_of(view_of(sha256(sample.bytes))) == sample.digest);
}

BOOST_DATA_TEST_CASE(hmac_is_that_of_the_standard, data::make(kMacSamples), sample) {
  BOOST_TEST(hex_of(view_of(hmac_sha256(sample.key, sample.bytes))) == sample.digest);
}

BOOST_AUTO_TEST_CASE(an_empty_key_and_message_have_a_code_too) {
  BOOST_TEST(hex_of(view_of(hmac_sha256("", ""))) ==
             "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

BOOST_AUTO_TEST_CASE(pieces_have_the_hash_of_the_whole) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  Sha256 pieces;
  for (int round = 0; round < 50; ++round) {
    std::string whole;
    for (std::size_t count = random.below(6); count > 0; --count) {
      const std::string piece(random.below(200), static_cast<char>(random.below(256)));
      pieces.update(piece);
      whole += piece;
    }
    BOOST_TEST((pieces.finish() == sha256(whole)));  // and the next round begins anew
  }
}

BOOST_AUTO_TEST_CASE(comparing_sees_every_difference) {
  const std::string secret = "sixteen bytes!!!";
  BOOST_TEST(equal_constant_time(secret, std::string(secret)));
  BOOST_TEST(equal_constant_time("", ""));
  BOOST_TEST(!equal_constant_time(secret, secret.substr(1)));
  BOOST_TEST(!equal_constant_time(secret, secret + "x"));
  for (std::size_t i = 0; i < secret.size(); ++i) {
    std::string other = secret;
    other[i] = static_cast<char>(other[i] ^ 1);
    BOOST_TEST(!equal_constant_time(secret, other));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
