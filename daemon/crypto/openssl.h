#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "daemon/support/clock.h"
#include "protocol/base/result.h"

// What the sources of this folder share. Its headers include nothing of OpenSSL but the names
// of its types, so that only these sources see it.

namespace plait::crypto {

template <auto kFree>
struct FreeWith {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using OwnedKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using OwnedDigest = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using OwnedBio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using OwnedCertificate = std::unique_ptr<X509, FreeWith<X509_free>>;

/// Why OpenSSL could not do something, in its own words: "signing: out of memory". Empties its
/// queue of errors: what stays there would be taken for the error of a later TLS call.
[[nodiscard]] Failure openssl_failure(std::string_view doing);

/// For what nobody can do without, randomness and hashes: says why and stops the program.
void require_openssl(bool worked, const char* doing) noexcept;

/// When it runs out; nothing if it does not say so in a way that is one.
[[nodiscard]] std::optional<WallTime> expiry_of(const X509* certificate) noexcept;

/// A secret from a PEM file that asks for a password is refused, instead of asking the
/// terminal. A pem_password_cb.
int no_password(char* buffer, int size, int writing, void* unused) noexcept;

}  // namespace plait::crypto
