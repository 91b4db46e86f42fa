#include "daemon/crypto/certificate_file.h"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/key_file.h"
#include "daemon/crypto/random.h"
#include "tests/support/temporary_folder.h"

namespace plait::crypto {
namespace {

constexpr WallTime kNow{1'700'000'000'000};

constexpr WallTime after(std::chrono::milliseconds duration) {
  return WallTime{kNow.ms + duration.count()};
}

/// A server that starts every now and then.
struct Starts {
  support::TemporaryFolder folder;
  std::string path = folder / "state/tls.pem";
  SystemRandom random;

  Result<Certificate> start(WallTime now,
                            const std::vector<std::string>& names = {"localhost"}) {
    return load_or_make_certificate(path, names, random, now);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certificate_file, Starts)

BOOST_AUTO_TEST_CASE(it_is_made_on_first_use_and_kept) {
  const auto first = start(kNow);
  const auto second = start(after(std::chrono::years{5}), {"other.example"});
  BOOST_TEST_REQUIRE((first.has_value() && second.has_value()));
  BOOST_TEST(first->certificate_pem == second->certificate_pem);
  BOOST_TEST(first->key_pem.view() == second->key_pem.view());
}

BOOST_AUTO_TEST_CASE(it_is_made_again_when_it_is_about_to_run_out) {
  const auto last_moment = after(kCertificateLifetime - kCertificateRenewal);
  const std::string first = start(kNow).value().certificate_pem;
  BOOST_TEST(start(last_moment).value().certificate_pem == first);
  const std::string second = start(WallTime{last_moment.ms + 1}).value().certificate_pem;
  BOOST_TEST(second != first);
  BOOST_TEST(start(WallTime{last_moment.ms + 1}).value().certificate_pem == second);
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_told_and_not_replaced) {
  BOOST_TEST_REQUIRE(start(kNow).has_value());
  const std::string good(read_key_file(path).value().view());
  for (const std::string& bad : {std::string(), std::string("damaged"), good.substr(0, 100),
                                 good.substr(good.find("-----BEGIN PRIVATE"))}) {
    BOOST_TEST_REQUIRE(write_key_file(path, bad).has_value());
    const auto started = start(kNow);
    BOOST_TEST_REQUIRE(!started.has_value());
    BOOST_TEST(started.error().message.find(path) != std::string::npos);
    BOOST_TEST(read_key_file(path).value().view() == bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
