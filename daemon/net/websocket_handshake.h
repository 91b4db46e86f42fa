#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/net/http_head.h"
#include "protocol/base/result.h"

namespace plait::net {

// The opening handshake of RFC 6455, section 4. Extensions are never agreed on.

/// What a browser may come from and ask for. Entries are compared whole, and in lower case:
/// "example.org:8443", "https://example.org". No list: everything is allowed.
struct HandshakeRules {
  std::optional<std::vector<std::string>> hosts = {};
  /// Only browsers send an Origin; a request without one is not from a page.
  std::optional<std::vector<std::string>> origins = {};
};

/// What is left of a request once it is known to open a WebSocket.
struct Upgrade {
  std::string path;   ///< as in HttpRequest
  std::string query;  ///< the same
  std::string host;
  std::string origin;                     ///< empty if there was none
  std::vector<std::string> subprotocols;  ///< as offered, the most wanted first
  std::string key;
  /// The last entry of X-Forwarded-For: who came to the proxy next to us, if there is one.
  std::string forwarded_for;
};

/// The upgrade, or the answer to whoever asked for something else.
std::variant<Upgrade, HttpResponse> check_upgrade(HttpRequest request,
                                                  const HandshakeRules& rules);

/// The name in a Host field: in lower case, without the port, and without an address's
/// brackets.
[[nodiscard]] std::string host_name(std::string_view host);

/// The answer that makes the connection a WebSocket, with one of the offered subprotocols or
/// none.
[[nodiscard]] std::string upgrade_response(std::string_view key, std::string_view subprotocol);

// --- The client's side -------------------------------------------------------------------

struct UpgradeRequest {
  std::string host;  ///< with its port, unless that is the usual one
  std::string target = "/";
  std::string origin = {};
  std::vector<std::string> subprotocols = {};
  std::string key;  ///< base64 of 16 random bytes
};

[[nodiscard]] std::string to_message(const UpgradeRequest& request);

/// The subprotocol that the server chose, empty for none. Redirects are not followed.
Result<std::string> check_upgrade_response(const HttpResponseHead& response,
                                           const UpgradeRequest& request);

/// What a server answers a key with.
[[nodiscard]] std::string accept_key(std::string_view key);

}  // namespace plait::net
