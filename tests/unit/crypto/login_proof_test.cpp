#include "daemon/crypto/login_proof.h"

#include <string>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/random.h"
#include "tests/support/hex.h"
#include "tests/unit/crypto/given_random.h"

namespace plait::crypto {
namespace {

using support::hex_of;

DeviceKey device(const char* seed) {
  GivenRandom random(seed);
  return DeviceKey::generate(random).value();
}

/// A device that answers a server's challenge.
struct Login {
  DeviceKey alice = device("a1");
  LoginChallenge challenge{.server_id = "server",
                           .channel = {std::string(32, 'b'), "plait.example"}};
  Signature proof;

  Login() {
    challenge.nonce.fill(7);
    proof = prove_login(alice, challenge).value();
  }

  [[nodiscard]] bool accepted_for(const LoginChallenge& other) const {
    return verify_login(alice.public_key(), other, proof).has_value();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(login_proof, Login)

BOOST_AUTO_TEST_CASE(a_device_proves_itself) { BOOST_TEST(accepted_for(challenge)); }

BOOST_AUTO_TEST_CASE(a_proof_is_good_for_one_challenge_only) {
  LoginChallenge later = challenge;
  later.nonce[31] ^= 1;
  BOOST_TEST(!accepted_for(later));
}

BOOST_AUTO_TEST_CASE(a_relayed_proof_is_refused) {
  LoginChallenge elsewhere = challenge;
  elsewhere.server_id = "other";
  BOOST_TEST(!accepted_for(elsewhere));

  LoginChallenge through_a_middleman = challenge;
  through_a_middleman.channel.binding = std::string(32, 'c');
  BOOST_TEST(!accepted_for(through_a_middleman));

  LoginChallenge under_another_name = challenge;
  under_another_name.channel.host = "evil.example";
  BOOST_TEST(!accepted_for(under_another_name));

  LoginChallenge without_tls = challenge;
  without_tls.channel.binding.clear();
  BOOST_TEST(!accepted_for(without_tls));
}

BOOST_AUTO_TEST_CASE(a_proof_is_its_devices_own) {
  const DeviceKey mallory = device("b2");
  BOOST_TEST(!verify_login(mallory.public_key(), challenge, proof).has_value());
  const Signature theirs = prove_login(mallory, challenge).value();
  BOOST_TEST(!verify_login(alice.public_key(), challenge, theirs).has_value());
}

BOOST_AUTO_TEST_CASE(a_signature_for_something_else_is_no_login) {
  const std::string statement = login_statement(alice.public_key(), challenge).value();
  const Signature bare = alice.sign(statement.substr(1)).value();
  BOOST_TEST(!verify_login(alice.public_key(), challenge, bare).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_signed_says_where_each_field_ends) {
  const std::string statement = login_statement(alice.public_key(), challenge).value();
  std::string expected = "0d" + hex_of("plait login 1") + "06" + hex_of("server") + "20";
  for (int i = 0; i < 32; ++i) expected += "07";
  expected += "20" + hex_of(std::string(32, 'b')) + "0d" + hex_of("plait.example") + "20" +
              hex_of({reinterpret_cast<const char*>(alice.public_key().bytes.data()), 32});
  BOOST_TEST(hex_of(statement) == expected);
}

BOOST_AUTO_TEST_CASE(without_tls_there_is_no_binding_and_it_says_so) {
  challenge.channel.binding.clear();
  const auto unbound = prove_login(alice, challenge);
  BOOST_TEST_REQUIRE(unbound.has_value());
  BOOST_TEST(verify_login(alice.public_key(), challenge, *unbound).has_value());
}

BOOST_AUTO_TEST_CASE(a_binding_has_its_size_or_none) {
  for (const std::size_t size :
       {std::size_t{1}, kChannelBindingBytes - 1, kChannelBindingBytes + 1}) {
    challenge.channel.binding = std::string(size, 'b');
    const auto proven = prove_login(alice, challenge);
    BOOST_TEST_REQUIRE(!proven.has_value());
    BOOST_TEST((proven.error().code == ErrorCode::Malformed));
    BOOST_TEST(!accepted_for(challenge));
  }
}

BOOST_AUTO_TEST_CASE(a_hosts_name_may_have_so_many_bytes_and_no_more) {
  challenge.channel.host = std::string(kMaxHostBytes, 'h');
  BOOST_TEST(prove_login(alice, challenge).has_value());
  challenge.channel.host += "h";
  BOOST_TEST(!prove_login(alice, challenge).has_value());
  challenge.channel.host.clear();
  BOOST_TEST(!prove_login(alice, challenge).has_value());
}

BOOST_AUTO_TEST_CASE(a_servers_id_may_have_so_many_bytes_and_no_more) {
  challenge.server_id = std::string(kMaxServerIdBytes, 's');
  BOOST_TEST(prove_login(alice, challenge).has_value());
  challenge.server_id += "s";
  BOOST_TEST(!prove_login(alice, challenge).has_value());
  challenge.server_id = "s";
  BOOST_TEST(prove_login(alice, challenge).has_value());
  challenge.server_id.clear();
  BOOST_TEST(!prove_login(alice, challenge).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
