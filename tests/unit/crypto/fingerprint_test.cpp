#include "daemon/crypto/fingerprint.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plait::crypto {

BOOST_AUTO_TEST_SUITE(fingerprint)

BOOST_AUTO_TEST_CASE(it_is_the_hash_as_text) {
  const Fingerprint print = fingerprint_of_der("abc");
  BOOST_TEST(print.text() ==
             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST((Fingerprint::parse(print.text()).value() == print));
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_fingerprints) {
  const std::string good = fingerprint_of_der("abc").text();
  std::string capitals = good;
  capitals.front() = 'B';
  for (const std::string& text :
       {std::string(), good.substr(1), good.substr(2), good + "0", good + "00", capitals}) {
    const auto parsed = Fingerprint::parse(text);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST((parsed.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
