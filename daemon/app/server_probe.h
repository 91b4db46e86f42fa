#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/crypto/fingerprint.h"
#include "daemon/net/proxy_connect.h"
#include "daemon/net/tls.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::app {

/// A server, as a person names it.
struct ProbeTarget {
  std::string host;
  std::uint16_t port = 443;
  std::optional<crypto::Fingerprint> fingerprint;

  bool operator==(const ProbeTarget&) const = default;
};

/// The server of an invite's link, or "[wss://]HOST[:PORT][/…]".
Result<ProbeTarget> parse_probe_target(std::string_view text);

/// The proxy for it that the environment names, as programs do: HTTPS_PROXY and NO_PROXY, also
/// in lower case. Nothing: none.
Result<std::optional<net::Proxy>> proxy_for(const ProbeTarget& target);

/// Whom a client trusts: the authorities of this system, and those of the file that
/// PLAIT_CA_FILE names.
Result<net::TlsContext> client_tls();

/// The addresses of a host. Blocks.
Result<std::vector<std::string>> look_up(const std::string& host);

/// Whether somebody listens there. Blocks, for some seconds at most.
Result<void> reach(const std::string& host, std::uint16_t port);

/// What a server tells everybody who comes.
struct ProbeAnswer {
  std::string version;
  WallTime time;  ///< by its clock
};

/// A visit, as far as it came.
struct Visit {
  /// Of the certificate, if one was shown.
  std::optional<WallTime> certificate_expires = {};
  std::string tls = {};  ///< its version, once the server is trusted
  Result<ProbeAnswer> answer = fail(ErrorCode::System, "the server does not answer in time");
};

/// Goes there, says hello and leaves. Blocks, for a minute at most.
Visit visit_server(const ProbeTarget& target, const std::optional<net::Proxy>& proxy);

}  // namespace plait::app
