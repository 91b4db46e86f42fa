#include "daemon/crypto/digest.h"

#include <cstddef>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/openssl.h"

namespace plait::crypto {
namespace {

/// Looked up once: OpenSSL otherwise does that again for every hash, which costs more than a
/// short hash itself.
const EVP_MD* sha256_method() {
  static const EVP_MD* const kMethod = [] {
    const EVP_MD* method = EVP_MD_fetch(/*ctx=*/nullptr, "SHA256", /*properties=*/nullptr);
    require_openssl(method != nullptr, "looking up SHA-256");
    return method;
  }();
  return kMethod;
}

}  // namespace

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest{};
  const bool worked = EVP_Digest(bytes.data(), bytes.size(), digest.data(), /*size=*/nullptr,
                                 sha256_method(), /*impl=*/nullptr) == 1;
  require_openssl(worked, "SHA-256");
  return digest;
}

void Sha256::Free::operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  const bool worked = context_ != nullptr && EVP_DigestInit_ex2(context_.get(), sha256_method(),
                                                                /*params=*/nullptr) == 1;
  require_openssl(worked, "beginning SHA-256");
}

void Sha256::update(std::string_view bytes) {
  require_openssl(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  const bool worked =
      EVP_DigestFinal_ex(context_.get(), digest.data(), /*size=*/nullptr) == 1 &&
      EVP_DigestInit_ex2(context_.get(), sha256_method(), /*params=*/nullptr) == 1;
  require_openssl(worked, "finishing SHA-256");
  return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256Digest digest{};
  std::size_t size = 0;
  // A key of no bytes is a key; a null pointer would mean "the one from before".
  const bool worked =
      EVP_Q_mac(/*libctx=*/nullptr, "HMAC", /*propq=*/nullptr, "SHA256", /*params=*/nullptr,
                key.empty() ? "" : key.data(), key.size(), unsigned_data(bytes), bytes.size(),
                digest.data(), digest.size(), &size) != nullptr;
  require_openssl(worked && size == digest.size(), "HMAC");
  return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace plait::crypto
