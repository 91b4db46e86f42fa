#include "daemon/net/tls.h"

#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "daemon/crypto/host_name.h"
#include "daemon/crypto/openssl.h"
#include "protocol/base/assert.h"

namespace plait::net {

/// How OpenSSL reaches its peer: through the session's input and the output of the current
/// call. Its own memory BIOs would copy once more, and keep the largest buffer that they ever
/// needed.
struct TlsBio {
  static int read(BIO* bio, char* data, int size) noexcept {
    auto* session = static_cast<TlsSession*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (session->in_.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t count = session->in_.copy(data, static_cast<std::size_t>(size));
    session->in_.remove_prefix(count);
    return static_cast<int>(count);
  }

  static int write(BIO* bio, const char* data, int size) noexcept {
    auto* session = static_cast<TlsSession*>(BIO_get_data(bio));
    PLAIT_ASSERT(session->out_ != nullptr, "TLS to speak only when it is asked to");
    BIO_clear_retry_flags(bio);
    session->out_->append(data, static_cast<std::size_t>(size));
    return size;
  }

  static long control(BIO*, int command, long, void*) noexcept {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const kMethod = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "plait");
      PLAIT_ASSERT(made != nullptr, "memory for a table of functions");
      BIO_meth_set_read(made, &read);
      BIO_meth_set_write(made, &write);
      BIO_meth_set_ctrl(made, &control);
      return made;
    }();
    return kMethod;
  }
};

namespace {

/// The place that OpenSSL leaves to applications.
constexpr int kOwnerIndex = 0;

// AES with 128 bits first: nobody breaks it, and it takes a quarter less time than with 256.
constexpr const char* kCiphersOfTls13 =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr const char* kCiphersOfTls12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE+CHACHA20:ECDHE+AESGCM";

using crypto::openssl_failure;
using crypto::OwnedBio;
using crypto::OwnedCertificate;
using crypto::OwnedKey;

OwnedBio reader_of(std::string_view bytes) {
  return OwnedBio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

OwnedCertificate next_certificate(BIO* pem) {
  return OwnedCertificate(PEM_read_bio_X509(pem, nullptr, &crypto::no_password, nullptr));
}

/// Tells the server which of its names is meant. What OpenSSL has for it is a macro with casts.
bool say_name(SSL* ssl, std::string& host) noexcept {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) ==
         1;
}

SSL_CTX* new_context(const SSL_METHOD* method) {
  SSL_CTX* context = SSL_CTX_new(method);
  PLAIT_ASSERT(context != nullptr, "memory for a TLS context");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  PLAIT_ASSERT(SSL_CTX_set_ciphersuites(context, kCiphersOfTls13) == 1 &&
                   SSL_CTX_set_cipher_list(context, kCiphersOfTls12) == 1,
               "ciphers that OpenSSL knows");
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // An idle session keeps no buffers, and several records that came together are read at once.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions are resumed by tickets, which the client keeps.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  return context;
}

}  // namespace

// --- TlsContext --------------------------------------------------------------------------

void TlsContext::Free::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

Result<TlsContext> TlsContext::server(std::string_view certificate_pem,
                                      std::string_view key_pem) {
  ERR_clear_error();
  TlsContext made(new_context(TLS_server_method()));
  SSL_CTX* context = made.context_.get();

  const OwnedBio certificates = reader_of(certificate_pem);
  const OwnedCertificate own = next_certificate(certificates.get());
  if (!own || SSL_CTX_use_certificate(context, own.get()) != 1) {
    return openssl_failure("reading the certificate");
  }
  while (const OwnedCertificate issuer = next_certificate(certificates.get())) {
    if (SSL_CTX_add1_chain_cert(context, issuer.get()) != 1) {
      return openssl_failure("reading the certificates behind the first");
    }
  }
  ERR_clear_error();  // the loop ended because there was no other certificate

  const OwnedBio pem = reader_of(key_pem);
  const OwnedKey key(
      PEM_read_bio_PrivateKey(pem.get(), nullptr, &crypto::no_password, nullptr));
  if (!key) return openssl_failure("reading the private key");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return openssl_failure("matching the private key and the certificate");
  }
  return made;
}

Result<TlsContext> TlsContext::client(std::string_view authorities_pem, bool and_the_systems) {
  ERR_clear_error();
  TlsContext made(new_context(TLS_client_method()));
  SSL_CTX* context = made.context_.get();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, &TlsSession::verify, nullptr);

  if (authorities_pem.empty() || and_the_systems) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
      return openssl_failure("looking for this system's authorities");
    }
    if (authorities_pem.empty()) return made;
  }
  const OwnedBio pem = reader_of(authorities_pem);
  bool any = false;
  while (const OwnedCertificate authority = next_certificate(pem.get())) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1) {
      return openssl_failure("reading the authorities");
    }
    any = true;
  }
  if (!any) return openssl_failure("reading the authorities");
  ERR_clear_error();
  return made;
}

// --- TlsSession --------------------------------------------------------------------------

/// Says where output goes for the time of one call.
class TlsSession::Output {
 public:
  Output(TlsSession& session, std::string& out) noexcept : session_(session) {
    session_.out_ = &out;
    ERR_clear_error();  // SSL_get_error() looks at what earlier calls left
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { session_.out_ = nullptr; }

 private:
  TlsSession& session_;
};

void TlsSession::Free::operator()(ssl_st* session) const noexcept { SSL_free(session); }

TlsSession::TlsSession(const TlsContext& context) : ssl_(SSL_new(context.context_.get())) {
  PLAIT_ASSERT(ssl_ != nullptr, "memory for a TLS session");
  BIO* bio = BIO_new(TlsBio::method());
  PLAIT_ASSERT(bio != nullptr, "memory for a TLS session");
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_ex_data(ssl_.get(), kOwnerIndex, this);
}

std::unique_ptr<TlsSession> TlsSession::accept(const TlsContext& context) {
  std::unique_ptr<TlsSession> session(new TlsSession(context));
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

Result<std::unique_ptr<TlsSession>> TlsSession::connect(const TlsContext& context,
                                                        ServerIdentity expected) {
  std::unique_ptr<TlsSession> session(new TlsSession(context));
  SSL* ssl = session->ssl_.get();
  SSL_set_connect_state(ssl);
  if (expected.fingerprint) {
    session->fingerprint_ = std::make_unique<crypto::Fingerprint>(*expected.fingerprint);
  }
  ERR_clear_error();
  bool named = false;
  const auto kind = crypto::kind_of_host(expected.host);
  if (kind && *kind != crypto::HostKind::Name) {
    named = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), expected.host.c_str()) == 1;
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    named =
        kind && SSL_set1_host(ssl, expected.host.c_str()) == 1 && say_name(ssl, expected.host);
  }
  if (!named) return openssl_failure("expecting a server named '" + expected.host + "'");
  return session;
}

/// Decides about a server's certificate. The handshake proves that the server has its key.
int TlsSession::verify(x509_store_ctx_st* chain, void* /*of the context*/) noexcept {
  const auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* session = static_cast<TlsSession*>(SSL_get_ex_data(ssl, kOwnerIndex));
  const X509* certificate = X509_STORE_CTX_get0_cert(chain);
  session->peer_certificate_expires_ = crypto::expiry_of(certificate);
  if (!session->fingerprint_) return X509_verify_cert(chain);

  crypto::Fingerprint found;
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), found.digest.data(), &size) == 1 &&
      size == found.digest.size() && found == *session->fingerprint_) {
    return 1;
  }
  X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
  return 0;
}

Failure TlsSession::failure(std::string_view doing) const {
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (verdict != X509_V_OK) {
    ERR_clear_error();
    const bool pinned = fingerprint_ != nullptr && verdict == X509_V_ERR_CERT_REJECTED;
    return fail(ErrorCode::Refused, std::string("the server's certificate: ") +
                                        (pinned ? "not the one with the expected fingerprint"
                                                : X509_verify_cert_error_string(verdict)));
  }
  return openssl_failure(doing);
}

Result<void> TlsSession::start(std::string& out) {
  const Output output(*this, out);
  const int done = SSL_do_handshake(ssl_.get());
  if (done == 1 || SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return {};
  return failure("TLS handshake");
}

Result<std::size_t> TlsSession::read(std::span<char> room, std::string& out) {
  const Output output(*this, out);
  std::size_t count = 0;
  const int status = SSL_read_ex(ssl_.get(), room.data(), room.size(), &count);
  if (status == 1) return count;
  const int error = SSL_get_error(ssl_.get(), status);
  if (error == SSL_ERROR_WANT_READ) return std::size_t{0};
  if (error == SSL_ERROR_ZERO_RETURN) {
    closed_by_peer_ = true;
    return std::size_t{0};
  }
  return failure(handshake_done() ? "TLS record" : "TLS handshake");
}

Result<void> TlsSession::write(std::string_view plaintext, std::string& out) {
  const Output output(*this, out);
  std::size_t written = 0;
  while (!plaintext.empty()) {
    if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written) != 1) {
      return failure("TLS write");
    }
    plaintext.remove_prefix(written);
  }
  return {};
}

void TlsSession::close(std::string& out) {
  const Output output(*this, out);
  if (handshake_done()) SSL_shutdown(ssl_.get());
}

bool TlsSession::handshake_done() const noexcept {
  return SSL_is_init_finished(ssl_.get()) == 1;
}

bool TlsSession::distrusts_peer() const noexcept {
  return SSL_get_verify_result(ssl_.get()) != X509_V_OK;
}

Result<ChannelBinding> TlsSession::export_binding(std::string_view label) const {
  if (!handshake_done()) return fail(ErrorCode::Refused, "the TLS handshake is not done");
  if (SSL_version(ssl_.get()) < TLS1_3_VERSION && SSL_get_extms_support(ssl_.get()) != 1) {
    return fail(ErrorCode::Refused, "TLS 1.2 without the extended master secret");
  }
  ChannelBinding binding{};
  ERR_clear_error();
  if (SSL_export_keying_material(ssl_.get(), binding.data(), binding.size(), label.data(),
                                 label.size(), nullptr, 0, 0) != 1) {
    return openssl_failure("exporting keying material");
  }
  return binding;
}

std::string_view TlsSession::version() const noexcept { return SSL_get_version(ssl_.get()); }

}  // namespace plait::net
