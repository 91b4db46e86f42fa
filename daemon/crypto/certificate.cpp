#include "daemon/crypto/certificate.h"

#include <array>
#include <cstdint>
#include <ctime>
#include <memory>
#include <utility>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/host_name.h"
#include "daemon/crypto/openssl.h"
#include "daemon/crypto/random.h"

namespace plait::crypto {
namespace {

/// RFC 5280 allows 20 bytes, and asks for a number above zero.
constexpr std::size_t kSerialBytes = 16;

using OwnedNames = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using OwnedName = std::unique_ptr<GENERAL_NAME, FreeWith<GENERAL_NAME_free>>;
using OwnedString = std::unique_ptr<ASN1_STRING, FreeWith<ASN1_STRING_free>>;
using OwnedNumber = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using OwnedExtension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;

OwnedName alternative_name(const std::string& host, HostKind kind) {
  OwnedString value;
  if (kind == HostKind::Name) {
    value.reset(ASN1_STRING_type_new(V_ASN1_IA5STRING));
    if (value == nullptr ||
        ASN1_STRING_set(value.get(), host.data(), static_cast<int>(host.size())) != 1) {
      return nullptr;
    }
  } else {
    value.reset(a2i_IPADDRESS(host.c_str()));
  }
  OwnedName name(value == nullptr ? nullptr : GENERAL_NAME_new());
  if (name == nullptr) return nullptr;
  GENERAL_NAME_set0_value(name.get(), kind == HostKind::Name ? GEN_DNS : GEN_IPADD,
                          value.release());
  return name;
}

/// The names as the certificate holds them. Built piece by piece: OpenSSL's way with text lets
/// a comma in a name begin another one.
Result<OwnedNames> alternative_names(const std::vector<std::string>& hosts) {
  if (hosts.empty()) return fail(ErrorCode::OutOfRange, "a certificate needs a name");
  if (hosts.size() > kMaxCertificateNames) {
    return fail(ErrorCode::LimitExceeded, "a certificate has at most 32 names");
  }
  OwnedNames names(GENERAL_NAMES_new());
  if (names == nullptr) return openssl_failure("making a certificate");
  for (const std::string& host : hosts) {
    const auto kind = kind_of_host(host);
    if (!kind) {
      return fail(ErrorCode::OutOfRange, "\"" + host + "\" is not the name of a host");
    }
    OwnedName name = alternative_name(host, *kind);
    if (name == nullptr || sk_GENERAL_NAME_push(names.get(), name.get()) == 0) {
      return openssl_failure("making a certificate");
    }
    static_cast<void>(name.release());  // is the list's now
  }
  return names;
}

bool set_serial(X509* certificate, Random& random) {
  auto bytes = random_bytes<kSerialBytes>(random);
  bytes.front() = static_cast<std::uint8_t>((bytes.front() & 0x3F) | 0x40);
  const OwnedNumber number(
      BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), /*ret=*/nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_period(X509* certificate, WallTime now) {
  std::time_t seconds = static_cast<std::time_t>(now.ms / 1'000);
  const auto head_start = -static_cast<int>(kCertificateHeadStart.count());
  const auto lifetime = static_cast<int>(kCertificateLifetime.count());
  return X509_time_adj_ex(X509_getm_notBefore(certificate), head_start, /*offset_sec=*/0,
                          &seconds) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), lifetime, /*offset_sec=*/0,
                          &seconds) != nullptr;
}

/// All are the same, so that they say nothing of who runs the server.
bool set_subject(X509* certificate) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, unsigned_data("Plait"),
                                    /*len=*/-1, /*loc=*/-1, /*set=*/0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool add_extension(X509* certificate, int kind, const char* value) {
  const OwnedExtension extension(
      X509V3_EXT_conf_nid(/*conf=*/nullptr, /*ctx=*/nullptr, kind, value));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), /*loc=*/-1) == 1;
}

/// A server's certificate and nothing else: with its key nobody can vouch for others.
bool add_extensions(X509* certificate, GENERAL_NAMES* names) {
  return add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, /*crit=*/0,
                           X509V3_ADD_DEFAULT) == 1;
}

std::string_view content_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<Certificate> to_pem(X509* certificate, EVP_PKEY* key) {
  const OwnedBio certificate_text(BIO_new(BIO_s_mem()));
  const OwnedBio key_text(BIO_new(BIO_s_secmem()));  // is wiped
  const bool written = certificate_text != nullptr && key_text != nullptr &&
                       PEM_write_bio_X509(certificate_text.get(), certificate) == 1 &&
                       PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, /*enc=*/nullptr,
                                                     /*kstr=*/nullptr, /*klen=*/0,
                                                     /*cb=*/nullptr, /*u=*/nullptr) == 1;
  if (!written) return openssl_failure("writing a certificate");
  return Certificate{std::string(content_of(certificate_text.get())),
                     SecretBytes(content_of(key_text.get()))};
}

}  // namespace

Result<Certificate> make_certificate(const std::vector<std::string>& names, Random& random,
                                     WallTime now) {
  auto alternatives = alternative_names(names);
  if (!alternatives) return forward_error(alternatives);
  const OwnedKey key(EVP_PKEY_Q_keygen(/*libctx=*/nullptr, /*propq=*/nullptr, "EC", "P-256"));
  const OwnedCertificate certificate(X509_new());
  const bool made = key != nullptr && certificate != nullptr &&
                    X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    set_serial(certificate.get(), random) &&
                    set_period(certificate.get(), now) && set_subject(certificate.get()) &&
                    X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    add_extensions(certificate.get(), alternatives->get()) &&
                    X509_sign(certificate.get(), key.get(), EVP_sha256()) != 0;
  if (!made) return openssl_failure("making a certificate");
  return to_pem(certificate.get(), key.get());
}

Result<CertificateFacts> read_certificate(std::string_view certificate_pem) {
  const OwnedBio text(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  if (text == nullptr) return openssl_failure("reading a certificate");
  const OwnedCertificate certificate(
      PEM_read_bio_X509(text.get(), /*x=*/nullptr, no_password, /*u=*/nullptr));
  if (certificate == nullptr) {
    ERR_clear_error();
    return fail(ErrorCode::Malformed, "this is not a certificate in PEM");
  }
  CertificateFacts facts;
  unsigned int size = 0;
  const auto expires = expiry_of(certificate.get());
  const bool known = expires && X509_digest(certificate.get(), EVP_sha256(),
                                            facts.fingerprint.digest.data(), &size) == 1;
  if (!known) return openssl_failure("reading a certificate");
  facts.expires = *expires;
  return facts;
}

}  // namespace plait::crypto
