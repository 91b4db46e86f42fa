#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/net/websocket_handshake.h"
#include "protocol/base/result.h"

namespace plait::app {

/// Where to listen.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;  ///< 0: any that is free

  bool operator==(const Endpoint&) const = default;
};

/// "127.0.0.1:4430", "[::1]:4430", ":4430" (every address of this machine).
Result<Endpoint> parse_endpoint(std::string_view text);
/// Whether only programs on this machine reach it.
[[nodiscard]] bool is_loopback(const Endpoint& endpoint) noexcept;

/// What protects connections.
struct TlsChoice {
  enum class Kind : std::uint8_t { SelfSigned, Files, Off };
  Kind kind = Kind::SelfSigned;
  std::string certificate_file;  ///< with Files
  std::string key_file;

  bool operator==(const TlsChoice&) const = default;
};

/// "self-signed", "off", or the names of a certificate and a key with a comma between them.
Result<TlsChoice> parse_tls(std::string_view text);

/// Bytes: "500000", "512K", "200M", "4G", in steps of 1,024.
Result<std::uint64_t> parse_size(std::string_view text);

/// What `plait serve` was asked for.
struct ServeOptions {
  Endpoint listen{"127.0.0.1", 4430};
  std::string data = "plait-data";
  TlsChoice tls;
  std::optional<Endpoint> metrics;
  bool open = false;
  bool behind_proxy = false;
  /// Where clients find the server; nothing: where it listens.
  std::optional<Endpoint> public_address;

  std::size_t max_members = 100;  ///< of one workspace
  /// Of one IPv4 address, or one IPv6 network.
  std::size_t max_connections_per_address = 256;
  /// Bytes that a workspace may keep. Nothing: what store::BlobQuota says, and open rooms may
  /// keep any number.
  std::optional<std::uint64_t> workspace_quota;
  /// Bytes of one member's blobs in one workspace.
  std::uint64_t user_quota = std::uint64_t{1} << 30;

  /// What requests may have as Host and Origin, as in net::HandshakeRules. None: as
  /// handshake_rules() says.
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> allowed_origins;
};

/// A server that listens on loopback answers to the names of loopback, so that no web page
/// reaches it under a name of its own. Elsewhere nobody but the operator knows its names, and
/// it answers to all unless he says.
[[nodiscard]] net::HandshakeRules handshake_rules(const ServeOptions& options);

/// "host:port" for links; `port` is the one that it listens on. A server that listens at every
/// address goes by the machine's name.
[[nodiscard]] std::string public_address(const ServeOptions& options, std::uint16_t port);

/// Refused, in words for whoever typed it, is what would be dangerous.
Result<void> check(const ServeOptions& options);

}  // namespace plait::app
