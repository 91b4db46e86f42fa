#pragma once

#include <string>

#include "daemon/app/serve_options.h"
#include "daemon/net/tls.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::app {

/// What a server shows to those who connect.
struct ServerCertificate {
  net::TlsContext context;
  std::string fingerprint;  ///< 64 hexadecimal digits
};

/// Reads the files that were named, or the self-signed certificate that is kept in the data
/// folder; makes that on first use.
Result<ServerCertificate> load_certificate(const ServeOptions& options, const Clock& clock,
                                           Random& random);

}  // namespace plait::app
