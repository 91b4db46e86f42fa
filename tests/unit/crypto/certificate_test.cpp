#include "daemon/crypto/certificate.h"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/random.h"

namespace plait::crypto {
namespace {

using std::chrono::milliseconds;

constexpr WallTime kNow{1'700'000'000'000};

Result<Certificate> certificate_for(const std::vector<std::string>& names) {
  SystemRandom random;
  return make_certificate(names, random, kNow);
}

ErrorCode error_for(const std::vector<std::string>& names) {
  return certificate_for(names).error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate)

BOOST_AUTO_TEST_CASE(it_is_a_pair_in_pem) {
  const auto made = certificate_for({"localhost", "plait.example", "127.0.0.1", "::1"});
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->certificate_pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
  BOOST_TEST(made->key_pem.view().starts_with("-----BEGIN PRIVATE KEY-----\n"));
}

BOOST_AUTO_TEST_CASE(it_lasts_for_ten_years) {
  const Certificate made = certificate_for({"localhost"}).value();
  const CertificateFacts facts = read_certificate(made.certificate_pem).value();
  BOOST_TEST(facts.expires.ms == kNow.ms + milliseconds(kCertificateLifetime).count());
}

BOOST_AUTO_TEST_CASE(each_has_a_fingerprint_of_its_own) {
  const Certificate first = certificate_for({"localhost"}).value();
  const Certificate second = certificate_for({"localhost"}).value();
  const Fingerprint print = read_certificate(first.certificate_pem).value().fingerprint;
  BOOST_TEST((print == read_certificate(first.certificate_pem).value().fingerprint));
  BOOST_TEST((print != read_certificate(second.certificate_pem).value().fingerprint));
}

BOOST_AUTO_TEST_CASE(of_a_chain_the_first_is_the_servers) {
  const std::string first = certificate_for({"localhost"}).value().certificate_pem;
  const std::string second = certificate_for({"localhost"}).value().certificate_pem;
  BOOST_TEST((read_certificate(first + second).value().fingerprint ==
              read_certificate(first).value().fingerprint));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_others_is_read_too) {
  // openssl req -x509 -newkey ed25519 -nodes -subj /CN=theirs -days 3650
  // openssl x509 -noout -enddate -fingerprint -sha256
  const std::string theirs =
      "-----BEGIN CERTIFICATE-----\n"
      "MIIBNjCB6aADAgECAhRun/DDUlhtB2f6KLKNixl2gYZzdTAFBgMrZXAwETEPMA0G\n"
      "A1UEAwwGdGhlaXJzMB4XDTI2MTEyMTEyNDAzM1oXDTM2MTExODEyNDAzM1owETEP\n"
      "MA0GA1UEAwwGdGhlaXJzMCowBQYDK2VwAyEAwMsCDw6EG4UVU8gI/mjjpqVhCXKP\n"
      "ge/ca57F99tkIXWjUzBRMB0GA1UdDgQWBBREEWyAD9Opb7eJYbYVCxX7twpppzAf\n"
      "BgNVHSMEGDAWgBREEWyAD9Opb7eJYbYVCxX7twpppzAPBgNVHRMBAf8EBTADAQH/\n"
      "MAUGAytlcANBADprpUbU8qhFznW7ex+SCblu7QZO2cB1M2kxlYgoUYYAUzfOcvSR\n"
      "bpbZJivrdkn6kxxU9G7w+b+aqBrKJDh9Bgs=\n"
      "-----END CERTIFICATE-----\n";
  const auto facts = read_certificate("a note in front\n" + theirs);
  BOOST_TEST_REQUIRE(facts.has_value());
  BOOST_TEST(facts->fingerprint.text() ==
             "4e3b41f9ea2cce9a169caef6be1fa91c69ed15cb46267d61f6130324a81108f1");
  BOOST_TEST(facts->expires.ms == 2'110'624'833'000);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_certificates) {
  const Certificate made = certificate_for({"localhost"}).value();
  std::string damaged = made.certificate_pem;
  damaged[100] = '!';
  for (const std::string& text :
       {std::string(), std::string("no"), std::string(made.key_pem.view()),
        made.certificate_pem.substr(0, 200), damaged}) {
    const auto facts = read_certificate(text);
    BOOST_TEST_REQUIRE(!facts.has_value());
    BOOST_TEST((facts.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_a_name_and_nothing_more) {
  for (const char* name : {"", "a b", "a,DNS:evil.example", "*", "DNS:a", "[::1]", "Host"}) {
    BOOST_TEST((error_for({"localhost", name}) == ErrorCode::OutOfRange), name);
  }
}

BOOST_AUTO_TEST_CASE(it_has_so_many_names_and_no_more) {
  std::vector<std::string> names(kMaxCertificateNames, "localhost");
  BOOST_TEST(certificate_for(names).has_value());
  names.emplace_back("localhost");
  BOOST_TEST((error_for(names) == ErrorCode::LimitExceeded));
  BOOST_TEST(certificate_for({"localhost"}).has_value());
  BOOST_TEST((error_for({}) == ErrorCode::OutOfRange));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
