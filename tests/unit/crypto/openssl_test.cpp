#include "daemon/crypto/openssl.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::crypto {

BOOST_AUTO_TEST_SUITE(openssl)

BOOST_AUTO_TEST_CASE(a_failure_is_told_in_its_own_words_and_once) {
  const OwnedKey key(EVP_PKEY_Q_keygen(/*libctx=*/nullptr, /*propq=*/nullptr, "EC", "P-0"));
  BOOST_TEST((key == nullptr));
  const Error error = openssl_failure("making a key").error;
  BOOST_TEST((error.code == ErrorCode::System));
  BOOST_TEST(error.message.starts_with("making a key: error:"));
  BOOST_TEST(openssl_failure("again").error.message == "again");
}

BOOST_AUTO_TEST_CASE(no_password_is_ever_asked_for) {
  char buffer[4] = {};
  BOOST_TEST(no_password(buffer, sizeof buffer, /*writing=*/0, /*unused=*/nullptr) < 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
