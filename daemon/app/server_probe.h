#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/fingerprint.h"
#include "daemon/net/proxy_connect.h"
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

/// What a server tells everybody who comes.
struct ProbeAnswer {
  std::string version;
  WallTime time;  ///< by its clock
};

/// Goes there, says hello and leaves. Blocks, for a minute at most.
Result<ProbeAnswer> probe_server(const ProbeTarget& target,
                                 const std::optional<net::Proxy>& proxy);

}  // namespace plait::app
