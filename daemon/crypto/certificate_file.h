#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/crypto/certificate.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// With less time left than this, a server that starts makes itself a new certificate.
inline constexpr std::chrono::days kCertificateRenewal{30};

/// The self-signed certificate in a key file (key_file.h), with its key. Made on first use, and
/// again when it is about to run out; other names alone are no reason, because those who pinned
/// it do not ask for names.
Result<Certificate> load_or_make_certificate(const std::string& path,
                                             const std::vector<std::string>& names,
                                             Random& random, WallTime now);

}  // namespace plait::crypto
