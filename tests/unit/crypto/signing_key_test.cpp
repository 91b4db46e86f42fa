#include "daemon/crypto/signing_key.h"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/key_file.h"
#include "daemon/crypto/random.h"
#include "tests/support/hex.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/crypto/given_random.h"

namespace plait::crypto {
namespace {

using support::bytes_of_hex;
using support::hex_of;

namespace data = boost::unit_test::data;

struct Sample {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) {
  return out << sample.public_key;
}

// RFC 8032, section 7.1.
const Sample kSamples[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
     "cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
     "0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
     "84d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a"
     "3fe"
     "ebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66"
     "431"
     "e0303dca179c138ac17ad9bef1177331a704"},
};

// The points of small order, with either sign and in either form. OpenSSL takes the signature
// below, under each of them, for some messages or all.
const char* const kNobody[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};
const char* const kSignatureOfNobody =
    "0100000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000";

// RFC 8410, section 10.3.
const char* const kPem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
const char* const kPublicKeyOfPem =
    "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";

PublicKey public_key(const char* digits) {
  return {array_of<32>(bytes_of_hex(digits)).value()};
}
Signature signature(const char* digits) { return {array_of<64>(bytes_of_hex(digits)).value()}; }

SigningKey generated() {
  SystemRandom random;
  return SigningKey::generate(random).value();
}

bool is_refused(const Result<void>& verified) {
  return !verified && verified.error().code == ErrorCode::Refused;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_key)

BOOST_DATA_TEST_CASE(signatures_are_those_of_the_standard, data::make(kSamples), sample) {
  GivenRandom seed(sample.seed);
  const auto key = SigningKey::generate(seed);
  BOOST_TEST_REQUIRE(key.has_value());
  BOOST_TEST(hex_of(view_of(key->public_key().bytes)) == sample.public_key);
  const auto signed_message = key->sign(bytes_of_hex(sample.message));
  BOOST_TEST_REQUIRE(signed_message.has_value());
  BOOST_TEST(hex_of(view_of(signed_message->bytes)) == sample.signature);
  BOOST_TEST(verify(public_key(sample.public_key), bytes_of_hex(sample.message),
                    signature(sample.signature))
                 .has_value());
}

BOOST_AUTO_TEST_CASE(any_other_bit_is_refused) {
  const SigningKey key = generated();
  const std::string message = "something to sign";
  const Signature good = key.sign(message).value();
  for (std::size_t i = 0; i < good.bytes.size(); ++i) {
    Signature bad = good;
    bad.bytes[i] ^= 0x10;
    BOOST_TEST(is_refused(verify(key.public_key(), message, bad)));
  }
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string other = message;
    other[i] = static_cast<char>(other[i] ^ 1);
    BOOST_TEST(is_refused(verify(key.public_key(), other, good)));
  }
  BOOST_TEST(is_refused(verify(key.public_key(), message + "!", good)));
  BOOST_TEST(is_refused(verify(generated().public_key(), message, good)));
  BOOST_TEST(verify(key.public_key(), message, good).has_value());
}

BOOST_AUTO_TEST_CASE(a_signature_has_one_form) {
  // The same number plus the group's order: a verifier that does not look takes both.
  Signature shifted = signature(kSamples[1].signature);
  const std::string order =
      bytes_of_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += shifted.bytes[32 + i];
    carry += static_cast<unsigned char>(order[i]);
    shifted.bytes[32 + i] = static_cast<std::uint8_t>(carry & 0xFF);
    carry >>= 8;
  }
  BOOST_TEST(is_refused(verify(public_key(kSamples[1].public_key), "\x72", shifted)));
}

BOOST_DATA_TEST_CASE(a_key_of_small_order_signs_nothing, data::make(kNobody), digits) {
  for (int i = 0; i < 64; ++i) {
    BOOST_TEST(is_refused(
        verify(public_key(digits), "m" + std::to_string(i), signature(kSignatureOfNobody))));
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_no_point_is_refused) {
  PublicKey key;
  key.bytes.fill(0x02);
  BOOST_TEST(is_refused(verify(key, "m", Signature{})));
}

BOOST_AUTO_TEST_CASE(a_saved_key_is_loaded_again) {
  const support::TemporaryFolder folder;
  const SigningKey key = generated();
  BOOST_TEST_REQUIRE(key.save(folder / "key.pem").has_value());
  const auto loaded = SigningKey::load(folder / "key.pem");
  BOOST_TEST_REQUIRE(loaded.has_value());
  BOOST_TEST((loaded->public_key() == key.public_key()));
  BOOST_TEST((loaded->sign("m").value() == key.sign("m").value()));
}

BOOST_AUTO_TEST_CASE(files_are_those_of_the_standard) {
  const support::TemporaryFolder folder;
  BOOST_TEST_REQUIRE(write_key_file(folder / "key.pem", kPem).has_value());
  const auto key = SigningKey::load(folder / "key.pem");
  BOOST_TEST_REQUIRE(key.has_value());
  BOOST_TEST(hex_of(view_of(key->public_key().bytes)) == kPublicKeyOfPem);
  BOOST_TEST_REQUIRE(key->save(folder / "copy.pem").has_value());
  BOOST_TEST(read_key_file(folder / "copy.pem").value().view() == kPem);
}

BOOST_AUTO_TEST_CASE(other_keys_and_damaged_ones_are_refused) {
  const char* const others[] = {
      "", "nothing", "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n",
      // X25519, of the same size
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VuBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
      "-----END PRIVATE KEY-----\n"};
  const support::TemporaryFolder folder;
  for (const char* other : others) {
    BOOST_TEST_REQUIRE(write_key_file(folder / "key.pem", other).has_value());
    const auto key = SigningKey::load(folder / "key.pem");
    BOOST_TEST_REQUIRE(!key.has_value());
    BOOST_TEST((key.error().code == ErrorCode::Malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_key_with_a_password_is_refused_without_asking_for_it) {
  const support::TemporaryFolder folder;
  const char* const locked =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4C\n-----END ENCRYPTED PRIVATE KEY-----\n";
  BOOST_TEST_REQUIRE(write_key_file(folder / "key.pem", locked).has_value());
  BOOST_TEST(!SigningKey::load(folder / "key.pem").has_value());
}

BOOST_AUTO_TEST_CASE(a_key_is_made_on_first_use_and_kept) {
  const support::TemporaryFolder folder;
  SystemRandom random;
  const auto first = SigningKey::load_or_generate(folder / "state/key.pem", random);
  const auto second = SigningKey::load_or_generate(folder / "state/key.pem", random);
  BOOST_TEST_REQUIRE((first.has_value() && second.has_value()));
  BOOST_TEST((first->public_key() == second->public_key()));
}

BOOST_AUTO_TEST_CASE(a_key_that_cannot_be_read_is_not_replaced) {
  const support::TemporaryFolder folder;
  SystemRandom random;
  BOOST_TEST_REQUIRE(write_key_file(folder / "key.pem", "damaged").has_value());
  BOOST_TEST(!SigningKey::load_or_generate(folder / "key.pem", random).has_value());
  BOOST_TEST(read_key_file(folder / "key.pem").value().view() == "damaged");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::crypto
