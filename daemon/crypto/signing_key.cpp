#include "daemon/crypto/signing_key.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/key_file.h"
#include "daemon/crypto/openssl.h"
#include "daemon/crypto/secret.h"

namespace plait::crypto {
namespace {

constexpr std::size_t kSeedSize = 32;

using KeyBytes = std::array<std::uint8_t, 32>;

/// The points whose order divides eight, by their y coordinate; two of them can be written as
/// the prime more, too. The top bit is that of x, and may be either.
constexpr KeyBytes kSmallOrder[] = {
    {0x00},
    {0x01},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

bool has_small_order(const PublicKey& key) noexcept {
  KeyBytes y = key.bytes;
  y.back() &= 0x7F;
  return std::find(std::begin(kSmallOrder), std::end(kSmallOrder), y) != std::end(kSmallOrder);
}

}  // namespace

void SigningKey::Free::operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }

Result<SigningKey> SigningKey::hold(Handle key) {
  PublicKey public_key;
  std::size_t size = public_key.bytes.size();
  if (EVP_PKEY_get_raw_public_key(key.get(), public_key.bytes.data(), &size) != 1) {
    return openssl_failure("reading a public key");
  }
  return SigningKey(std::move(key), public_key);
}

Result<SigningKey> SigningKey::generate(Random& random) {
  SecretBytes seed(kSeedSize);
  const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(seed.span().data()),
                                      seed.size());
  random.fill(bytes);
  Handle key(EVP_PKEY_new_raw_private_key_ex(/*libctx=*/nullptr, "ED25519", /*propq=*/nullptr,
                                             bytes.data(), bytes.size()));
  if (key == nullptr) return openssl_failure("making a key");
  return hold(std::move(key));
}

Result<SigningKey> SigningKey::load(const std::string& path) {
  auto pem = read_key_file(path);
  if (!pem) return forward_error(pem);
  const OwnedBio text(BIO_new_mem_buf(pem->span().data(), static_cast<int>(pem->size())));
  if (text == nullptr) return openssl_failure("reading a key");
  Handle key(PEM_read_bio_PrivateKey(text.get(), /*x=*/nullptr, no_password, /*u=*/nullptr));
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "ED25519") != 1) {
    ERR_clear_error();
    return fail(ErrorCode::Malformed, path + " is not an Ed25519 key without a password");
  }
  return hold(std::move(key));
}

Result<void> SigningKey::save(const std::string& path) const {
  const OwnedBio text(BIO_new(BIO_s_secmem()));  // is wiped
  const bool written =
      text != nullptr && PEM_write_bio_PKCS8PrivateKey(text.get(), key_.get(), /*enc=*/nullptr,
                                                       /*kstr=*/nullptr, /*klen=*/0,
                                                       /*cb=*/nullptr, /*u=*/nullptr) == 1;
  if (!written) return openssl_failure("writing a key");
  char* pem = nullptr;
  const long size = BIO_get_mem_data(text.get(), &pem);
  return write_key_file(path, {pem, static_cast<std::size_t>(size)});
}

Result<SigningKey> SigningKey::load_or_generate(const std::string& path, Random& random) {
  auto key = load(path);
  if (key || key.error().code != ErrorCode::NotFound) return key;
  key = generate(random);
  if (!key) return key;
  auto saved = key->save(path);
  if (!saved) return forward_error(saved);
  return key;
}

Result<Signature> SigningKey::sign(std::string_view message) const {
  Signature signature;
  std::size_t size = signature.bytes.size();
  const OwnedDigest context(EVP_MD_CTX_new());
  const bool worked = context != nullptr &&
                      EVP_DigestSignInit_ex(context.get(), /*pctx=*/nullptr, /*mdname=*/nullptr,
                                            /*libctx=*/nullptr, /*props=*/nullptr, key_.get(),
                                            /*params=*/nullptr) == 1 &&
                      EVP_DigestSign(context.get(), signature.bytes.data(), &size,
                                     unsigned_data(message), message.size()) == 1;
  if (!worked) return openssl_failure("signing");
  return signature;
}

Result<void> verify(const PublicKey& key, std::string_view message,
                    const Signature& signature) {
  if (has_small_order(key)) return fail(ErrorCode::Refused, "the key is nobody's");
  const OwnedKey public_key(EVP_PKEY_new_raw_public_key_ex(
      /*libctx=*/nullptr, "ED25519", /*propq=*/nullptr, key.bytes.data(), key.bytes.size()));
  const OwnedDigest context(EVP_MD_CTX_new());
  const bool ready = public_key != nullptr && context != nullptr &&
                     EVP_DigestVerifyInit_ex(context.get(), /*pctx=*/nullptr,
                                             /*mdname=*/nullptr, /*libctx=*/nullptr,
                                             /*props=*/nullptr, public_key.get(),
                                             /*params=*/nullptr) == 1;
  if (!ready) return openssl_failure("preparing to verify");
  const int verdict =
      EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(),
                       unsigned_data(message), message.size());
  if (verdict == 1) return {};
  ERR_clear_error();
  return fail(ErrorCode::Refused, "the signature does not fit");
}

}  // namespace plait::crypto
