#include "daemon/app/serve_options.h"

#include <array>
#include <charconv>
#include <limits>
#include <system_error>

#include <unistd.h>

#include "daemon/crypto/host_name.h"
#include "protocol/messages/connect/limits.h"

namespace plait::app {
namespace {

Failure no_endpoint(std::string_view text) {
  return fail(ErrorCode::Malformed,
              "expected HOST:PORT, as in 127.0.0.1:4430 or [::1]:4430, and not \"" +
                  std::string(text) + "\"");
}

bool is_everywhere(const Endpoint& endpoint) {
  return endpoint.host == "::" || endpoint.host == "0.0.0.0";
}

std::string machine_name() {
  std::array<char, crypto::kMaxHostNameBytes + 1> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string text(name.data());
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return crypto::kind_of_host(text) ? text : "localhost";
}

/// As a Host header names it: with its port, and without if that is the usual one.
void add_names(std::vector<std::string>& names, const Endpoint& endpoint) {
  const std::string host =
      endpoint.host.find(':') == std::string::npos ? endpoint.host : "[" + endpoint.host + "]";
  constexpr std::uint16_t kHttps = 443;
  constexpr std::uint16_t kHttp = 80;
  if (endpoint.port == kHttps || endpoint.port == kHttp) names.push_back(host);
  names.push_back(host + ":" + std::to_string(endpoint.port));
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return no_endpoint(text);
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return no_endpoint(text);
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return no_endpoint(text);  // where would an address end and its port begin?
  }
  Endpoint endpoint;
  endpoint.host = host.empty() ? "::" : host;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (error != std::errc() || end != digits.data() + digits.size()) return no_endpoint(text);
  return endpoint;
}

bool is_loopback(const Endpoint& endpoint) noexcept {
  if (endpoint.host == "localhost" || endpoint.host == "::1") return true;
  return endpoint.host.starts_with("127.") &&
         crypto::kind_of_host(endpoint.host) == crypto::HostKind::IPv4;
}

Result<TlsChoice> parse_tls(std::string_view text) {
  if (text == "self-signed") return TlsChoice{};
  if (text == "off") return TlsChoice{TlsChoice::Kind::Off, {}, {}};
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || comma == 0 || comma + 1 == text.size()) {
    return fail(ErrorCode::Malformed,
                "expected self-signed, off, or CERT,KEY: two files with a comma between them");
  }
  return TlsChoice{TlsChoice::Kind::Files, std::string(text.substr(0, comma)),
                   std::string(text.substr(comma + 1))};
}

Result<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "KMGT";
  constexpr unsigned kStep = 10;  // bits
  const std::size_t unit = text.empty() ? kUnits.npos : kUnits.find(text.back());
  const unsigned shift = unit == kUnits.npos ? 0 : kStep * static_cast<unsigned>(unit + 1);
  const std::string_view digits = text.substr(0, text.size() - (shift == 0 ? 0 : 1));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc() || end != digits.data() + digits.size() ||
      size > std::uint64_t{std::numeric_limits<std::int64_t>::max()} >> shift) {
    return fail(ErrorCode::Malformed,
                "expected a number of bytes as in 500000, 200M or 4G, and "
                "not \"" +
                    std::string(text) + "\"");
  }
  return size << shift;
}

Result<void> check(const ServeOptions& options) {
  if (options.tls.kind == TlsChoice::Kind::Off && !is_loopback(options.listen) &&
      !options.behind_proxy) {
    return fail(ErrorCode::Refused,
                "without TLS everybody on the way can read and change what is sent: listen on "
                "127.0.0.1, or say --behind-proxy if a proxy in front does TLS");
  }
  if (options.max_members < 1 || options.max_members > messages::connect::kMaxMembers) {
    return fail(ErrorCode::OutOfRange, "--max-members is a number from 1 to " +
                                           std::to_string(messages::connect::kMaxMembers));
  }
  if (options.max_connections_per_address < 1) {
    return fail(ErrorCode::OutOfRange,
                "--max-connections-per-address 0 would keep everybody out");
  }
  if (options.public_address) {
    const bool named = crypto::kind_of_host(options.public_address->host).has_value();
    if (!named || is_everywhere(*options.public_address) || options.public_address->port == 0) {
      return fail(ErrorCode::Malformed,
                  "--public is the name and port by which others find this server, as in "
                  "plait.example.org:443");
    }
  }
  return {};
}

net::HandshakeRules handshake_rules(const ServeOptions& options) {
  net::HandshakeRules rules;
  if (!options.allowed_origins.empty()) rules.origins = options.allowed_origins;
  if (!options.allowed_hosts.empty()) {
    rules.hosts = options.allowed_hosts;
  } else if (is_loopback(options.listen) && !options.behind_proxy && options.listen.port != 0) {
    std::vector<std::string> names;
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) {
      add_names(names, {host, options.listen.port});
    }
    add_names(names, options.listen);
    if (options.public_address) add_names(names, *options.public_address);
    rules.hosts = std::move(names);
  }
  return rules;
}

std::string public_address(const ServeOptions& options, std::uint16_t port) {
  Endpoint where = options.public_address.value_or(Endpoint{options.listen.host, port});
  if (is_everywhere(where)) where.host = machine_name();
  if (where.host.find(':') != std::string::npos) where.host = "[" + where.host + "]";
  return where.host + ":" + std::to_string(where.port);
}

}  // namespace plait::app
