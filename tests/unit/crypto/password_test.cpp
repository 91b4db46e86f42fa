#include "daemon/crypto/password.h"

#include <array>
#include <cstdint>
#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "tests/support/hex.h"
#include "tests/unit/crypto/given_random.h"

namespace plait::crypto {
namespace {

using support::hex_of;

namespace data = boost::unit_test::data;

struct Sample {
  const char* password;
  const char* salt;
  ScryptCost cost;
  const char* key;
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.key; }

// RFC 7914, section 12. The fourth takes a gigabyte, and is in another test.
const Sample kSamples[] = {
    {"",
     "",
     {4, 1, 1},
     "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0"
     "fc8"
     "1f17e8d3e0fb2e0d3628cf35e20c38d18906"},
    {"password",
     "NaCl",
     {10, 8, 16},
     "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279"
     "d98"
     "30dac727afb94a83ee6d8360cbdfa2cc0640"},
    {"pleaseletmein",
     "SodiumChloride",
     {14, 8, 1},
     "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d497052"
     "42a9af9e61e85dc0d651e40dfcf017b45575887"},
};

/// Enough to see that it works.
constexpr ScryptCost kCheap{4, 1, 1};

std::string cheap_hash(std::string_view password) {
  SystemRandom random;
  return hash_password(password, make_password_salt(random), kCheap).value();
}

ErrorCode scrypt_error(const ScryptCost& cost) {
  std::array<std::uint8_t, 32> key{};
  return scrypt("password", "salt", cost, key).error().code;
}
bool is_affordable(const ScryptCost& cost) {
  std::array<std::uint8_t, 32> key{};
  return scrypt("password", "salt", cost, key).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(password)

BOOST_DATA_TEST_CASE(scrypt_is_that_of_the_standard, data::make(kSamples), sample) {
  std::array<std::uint8_t, 64> key{};
  BOOST_TEST_REQUIRE(scrypt(sample.password, sample.salt, sample.cost, key).has_value());
  BOOST_TEST(hex_of(view_of(key)) == sample.key);
}

BOOST_AUTO_TEST_CASE(only_the_password_is_the_password) {
  const std::string stored = cheap_hash("correct horse");
  BOOST_TEST(check_password("correct horse", stored).value());
  for (const char* other :
       {"", "correct horsf", "correct hors", "correct horse ", "Correct horse"}) {
    BOOST_TEST(!check_password(other, stored).value(), other);
  }
}

BOOST_AUTO_TEST_CASE(a_stored_hash_says_how_it_was_made) {
  GivenRandom random("000102030405060708090a0b0c0d0e0f");
  const std::string stored = hash_password("password", make_password_salt(random)).value();
  BOOST_TEST(stored.starts_with("scrypt$14$8$5$AAECAwQFBgcICQoLDA0ODw$"));
  BOOST_TEST(check_password("password", stored).value());
}

BOOST_AUTO_TEST_CASE(equal_passwords_have_hashes_of_their_own) {
  BOOST_TEST(cheap_hash("password") != cheap_hash("password"));
}

BOOST_AUTO_TEST_CASE(a_password_may_have_so_many_bytes_and_no_more) {
  SystemRandom random;
  const std::string most(kMaxPasswordBytes, 'p');
  const std::string stored = cheap_hash(most);
  BOOST_TEST(check_password(most, stored).value());
  BOOST_TEST(!check_password(most + "p", stored).value());
  const auto longer = hash_password(most + "p", make_password_salt(random), kCheap);
  BOOST_TEST_REQUIRE(!longer.has_value());
  BOOST_TEST((longer.error().code == ErrorCode::LimitExceeded));
  const auto empty = hash_password("", make_password_salt(random), kCheap);
  BOOST_TEST_REQUIRE(!empty.has_value());
  BOOST_TEST((empty.error().code == ErrorCode::Refused));
  BOOST_TEST(check_password("p", cheap_hash("p")).value());
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
  BOOST_TEST(is_affordable({15, 15, 1}));
  BOOST_TEST((scrypt_error({15, 16, 1}) == ErrorCode::LimitExceeded));
  BOOST_TEST((scrypt_error({20, 8, 1}) == ErrorCode::LimitExceeded));
  BOOST_TEST((scrypt_error({1, 1, 1U << 19}) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(time_is_bounded) {
  BOOST_TEST(is_affordable({10, 8, 512}));
  BOOST_TEST((scrypt_error({10, 8, 513}) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(no_cost_is_none_and_no_cost_overflows) {
  constexpr std::uint32_t kMost = UINT32_MAX;
  for (const ScryptCost& cost :
       {ScryptCost{0, 1, 1}, ScryptCost{4, 0, 1}, ScryptCost{4, 1, 0}, ScryptCost{21, 1, 1},
        ScryptCost{kMost, 1, 1}, ScryptCost{4, kMost, 1}, ScryptCost{4, 1, kMost},
        ScryptCost{20, kMost, kMost}}) {
    BOOST_TEST((scrypt_error(cost) == ErrorCode::LimitExceeded));
  }
}

BOOST_AUTO_TEST_CASE(what_is_stored_is_checked_as_well) {
  const std::string stored = cheap_hash("password");
  const std::string tail = stored.substr(stored.find("$1$1$") + 4);
  for (const std::string& bad :
       {std::string(), std::string("scrypt"), "bcrypt$4$1$1" + tail, "scrypt$x$1$1" + tail,
        "scrypt$$1$1" + tail, "scrypt$-4$1$1" + tail, "scrypt$4$1" + tail, stored + "$",
        stored + "A", stored.substr(0, stored.size() - 1), "scrypt$4294967296$1$1" + tail,
        "scrypt$4$1$1$" + tail.substr(2), std::string("scrypt$4$1$1$$")}) {
    const auto checked = check_password("password", bad);
    BOOST_TEST_REQUIRE(!checked.has_value(), bad);
    BOOST_TEST((checked.error().code == ErrorCode::Malformed));
  }
  const auto expensive = check_password("password", "scrypt$20$8$1" + tail);
  BOOST_TEST_REQUIRE(!expensive.has_value());
  BOOST_TEST((expensive.error().code == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
