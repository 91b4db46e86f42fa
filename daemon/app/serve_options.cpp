#include "daemon/app/serve_options.h"

#include <charconv>
#include <system_error>

#include "daemon/crypto/host_name.h"

namespace plait::app {
namespace {

Failure no_endpoint(std::string_view text) {
  return fail(ErrorCode::Malformed,
              "expected HOST:PORT, as in 127.0.0.1:4430 or [::1]:4430, and not \"" +
                  std::string(text) + "\"");
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

Result<void> check(const ServeOptions& options) {
  if (options.tls.kind == TlsChoice::Kind::Off && !is_loopback(options.listen) &&
      !options.behind_proxy) {
    return fail(ErrorCode::Refused,
                "without TLS everybody on the way can read and change what is sent: listen on "
                "127.0.0.1, or say --behind-proxy if a proxy in front does TLS");
  }
  return {};
}

}  // namespace plait::app
