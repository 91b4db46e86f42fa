#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

/// What `plait serve` was asked for.
struct ServeOptions {
  Endpoint listen{"127.0.0.1", 4430};
  std::string data = "plait-data";
  TlsChoice tls;
  std::optional<Endpoint> metrics;
  bool open = false;
  bool behind_proxy = false;
};

/// Refused, in words for whoever typed it, is what would be dangerous.
Result<void> check(const ServeOptions& options);

}  // namespace plait::app
