#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/fingerprint.h"
#include "daemon/crypto/secret.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

inline constexpr std::size_t kMaxCertificateNames = 32;

/// Ten years. Nobody looks after this certificate but those who pinned its fingerprint, in
/// invite links and browsers, and for each of them a new one is a stranger. It does not become
/// safer by running out: it is replaced when its key leaks, not when a date comes.
inline constexpr std::chrono::days kCertificateLifetime{3'650};

/// Valid from a day earlier, for clients whose clock is behind.
inline constexpr std::chrono::days kCertificateHeadStart{1};

struct Certificate {
  std::string certificate_pem;
  SecretBytes key_pem;
};

/// An ECDSA P-256 key and a certificate signed with it, for a server that goes by these names
/// and addresses (host_name.h). OutOfRange for a name that is none, or for none at all.
Result<Certificate> make_certificate(const std::vector<std::string>& names, Random& random,
                                     WallTime now);

/// What a server tells of its certificate, whoever made it.
struct CertificateFacts {
  Fingerprint fingerprint;
  WallTime expires;
};
/// Of the first one in the text, which is the server's own.
Result<CertificateFacts> read_certificate(std::string_view certificate_pem);

}  // namespace plait::crypto
