#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/crypto/fingerprint.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

struct ssl_ctx_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace plait::net {

/// What many TLS sessions share: certificate and key of a server, authorities that a client
/// trusts, and the rules for both: TLS 1.2 or 1.3, ciphers with forward secrecy and
/// authentication, no compression, no renegotiation.
///
/// Sessions hold what they need of it, so it may be replaced (a new certificate) while they go
/// on.
class TlsContext {
 public:
  /// The certificate may be followed by those that it was issued by.
  static Result<TlsContext> server(std::string_view certificate_pem, std::string_view key_pem);
  /// Without authorities of its own, those of this system are trusted; with `and_the_systems`
  /// they are as well.
  static Result<TlsContext> client(std::string_view authorities_pem = {},
                                   bool and_the_systems = false);

 private:
  friend class TlsSession;
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  explicit TlsContext(ssl_ctx_st* context) noexcept : context_(context) {}

  std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// Whom a client expects at the other end.
struct ServerIdentity {
  /// The name or address that the certificate has to be for, issued by an authority.
  std::string host;
  /// If it is there it decides alone: a self-signed certificate has no authority, and its
  /// server many names.
  std::optional<crypto::Fingerprint> fingerprint;
};

/// What a channel binding is made of; both ends of one TLS channel get the same, nobody else
/// does.
using ChannelBinding = std::array<std::uint8_t, 32>;

/// One end of one TLS channel, without I/O: ciphertext goes in, plaintext comes out, and the
/// other way round. `out` is always where TLS puts what has to be sent, behind what is there;
/// nothing is kept here between calls but a record that is not whole.
class TlsSession {
 public:
  static std::unique_ptr<TlsSession> accept(const TlsContext& context);
  /// Call start() next, which says hello.
  static Result<std::unique_ptr<TlsSession>> connect(const TlsContext& context,
                                                     ServerIdentity expected);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession() = default;

  Result<void> start(std::string& out);

  /// Hands over what arrived; it has to stay until read() answered 0. The handshake happens in
  /// read() as well.
  void feed(std::string_view ciphertext) noexcept { in_ = ciphertext; }
  /// The next plaintext, at most a record of it. 0: there is no more until more arrives.
  Result<std::size_t> read(std::span<char> room, std::string& out);
  Result<void> write(std::string_view plaintext, std::string& out);
  /// Says that nothing follows. Not needed before the handshake is done.
  void close(std::string& out);

  [[nodiscard]] bool handshake_done() const noexcept;
  /// Whether the peer's certificate was refused.
  [[nodiscard]] bool distrusts_peer() const noexcept;
  /// When the certificate runs out that a server has shown, also if it was refused.
  [[nodiscard]] std::optional<WallTime> peer_certificate_expires() const noexcept {
    return peer_certificate_expires_;
  }
  /// Whether the peer said that nothing follows.
  [[nodiscard]] bool closed_by_peer() const noexcept { return closed_by_peer_; }

  /// Keying material of this channel under a label (RFC 5705). Refused before the handshake is
  /// done, and for TLS 1.2 without the extended master secret: two channels could then agree.
  Result<ChannelBinding> export_binding(std::string_view label) const;
  /// "TLSv1.3" and the like, for logs.
  [[nodiscard]] std::string_view version() const noexcept;

 private:
  class Output;
  friend struct TlsBio;
  struct Free {
    void operator()(ssl_st* session) const noexcept;
  };
  explicit TlsSession(const TlsContext& context);

  static int verify(x509_store_ctx_st* chain, void*) noexcept;
  [[nodiscard]] Failure failure(std::string_view doing) const;

  std::unique_ptr<ssl_st, Free> ssl_;
  std::string_view in_;
  std::string* out_ = nullptr;
  std::unique_ptr<const crypto::Fingerprint> fingerprint_;  ///< if one is expected
  std::optional<WallTime> peer_certificate_expires_;
  bool closed_by_peer_ = false;

  friend class TlsContext;
};

}  // namespace plait::net
