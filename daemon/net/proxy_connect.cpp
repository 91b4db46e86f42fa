#include "daemon/net/proxy_connect.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/crypto/host_name.h"
#include "protocol/base/base64.h"

namespace plait::net {
namespace {

std::string lower_case(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return made;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

struct HostAndPort {
  std::string_view host;
  std::optional<std::uint16_t> port;
};

/// `host`, `host:port`, `[v6]`, `[v6]:port`; what has several colons and no brackets is a host.
std::optional<HostAndPort> split(std::string_view text) {
  HostAndPort parts{text, std::nullopt};
  std::string_view behind;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return std::nullopt;
    parts.host = text.substr(1, end - 1);
    behind = text.substr(end + 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    parts.host = text.substr(0, text.find(':'));
    behind = text.substr(parts.host.size());
  }
  if (behind.empty()) return parts;
  std::uint16_t port = 0;
  const auto read = std::from_chars(behind.data() + 1, behind.data() + behind.size(), port);
  if (behind.front() != ':' || read.ec != std::errc{} || port == 0 ||
      read.ptr != behind.data() + behind.size()) {
    return std::nullopt;
  }
  parts.port = port;
  return parts;
}

bool is_this_machine(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "::1" ||
         (host.starts_with("127.") && crypto::kind_of_host(host) == crypto::HostKind::IPv4);
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  // Not the URL itself, which may hold a password.
  const auto malformed = [] { return fail(ErrorCode::Malformed, "the proxy's URL is none"); };
  if (lower_case(url.substr(0, kScheme.size())) == kScheme) {
    url.remove_prefix(kScheme.size());
  } else if (url.find("://") != url.npos) {
    return fail(ErrorCode::Unsupported, "only proxies with http:// URLs can be used");
  }
  url = url.substr(0, url.find('/'));
  Proxy proxy;
  if (const std::size_t at = url.rfind('@'); at != url.npos) {
    const std::string_view person = url.substr(0, at);
    const std::size_t colon = person.find(':');
    auto name = percent_decoded(person.substr(0, colon));
    auto password = percent_decoded(colon == person.npos ? "" : person.substr(colon + 1));
    if (!name || !password) return malformed();
    proxy.authorization = *name + ':' + *password;
    url.remove_prefix(at + 1);
  }
  const std::string authority = lower_case(url);
  const auto parts = split(authority);
  if (!parts || !crypto::kind_of_host(parts->host)) return malformed();
  proxy.host = parts->host;
  proxy.port = parts->port.value_or(proxy.port);
  return proxy;
}

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  const std::string name = lower_case(host);
  if (is_this_machine(name)) return true;
  while (!no_proxy.empty()) {
    const std::size_t comma = no_proxy.find(',');
    const std::string entry = lower_case(trimmed(no_proxy.substr(0, comma)));
    no_proxy.remove_prefix(comma == no_proxy.npos ? no_proxy.size() : comma + 1);
    if (entry == "*") return true;
    const auto parts = split(entry);
    if (!parts || parts->host.empty() || parts->port.value_or(port) != port) continue;
    std::string_view suffix = parts->host;
    if (suffix.starts_with('.')) suffix.remove_prefix(1);
    if (name == suffix || name.ends_with('.' + std::string(suffix))) return true;
  }
  return false;
}

std::string connect_request(const Proxy& proxy, std::string_view authority) {
  std::string request = "CONNECT ";
  request.append(authority).append(" HTTP/1.1\r\nhost: ").append(authority);
  if (!proxy.authorization.empty()) {
    request.append("\r\nproxy-authorization: Basic ").append(to_base64(proxy.authorization));
  }
  return request.append("\r\n\r\n");
}

Result<void> check_connect_response(std::string_view head) {
  // The rest of the head is the proxy's own affair, and many still speak HTTP/1.0.
  const std::string_view line = head.substr(0, head.find("\r\n"));
  constexpr std::string_view kVersion = "HTTP/1.x ";
  const std::string_view digits = line.substr(std::min(kVersion.size(), line.size()), 3);
  int status = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), status);
  if (!line.starts_with("HTTP/1.") || line.size() < kVersion.size() + 3 || line[8] != ' ' ||
      read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
    return fail(ErrorCode::Malformed, "the proxy does not speak HTTP");
  }
  if (status / 100 == 2) return {};
  if (status == 407) return fail(ErrorCode::Refused, "the proxy wants a name and a password");
  return fail(ErrorCode::Refused,
              "the proxy does not let us through (" + std::to_string(status) + ')');
}

// --- The tunnel --------------------------------------------------------------------------

ProxyTunnel::ProxyTunnel(std::unique_ptr<loop::TcpStream> stream, std::string_view request,
                         OnDone on_done)
    : stream_(std::move(stream)), on_done_(std::move(on_done)) {
  stream_->start_reading(*this);
  stream_->write(request);
}

void ProxyTunnel::on_bytes(std::span<char> bytes) {
  const auto taken = head_.feed({bytes.data(), bytes.size()});
  if (!taken) return be_done(fail(taken.error().code, "the proxy's answer is too long"));
  if (!head_.complete()) return;
  const auto answer = check_connect_response(head_.head());
  if (!answer) return be_done(fail(answer.error().code, answer.error().message));
  // The server does not speak first.
  if (*taken < bytes.size()) {
    return be_done(fail(ErrorCode::Malformed, "the proxy says more than it should"));
  }
  stream_->stop_reading();
  be_done(std::move(stream_));
}

void ProxyTunnel::on_failed(const Error& error) {
  be_done(fail(error.code, "the proxy: " + error.message));
}

void ProxyTunnel::be_done(Result<std::unique_ptr<loop::TcpStream>> result) {
  if (!on_done_) return;
  const OnDone then = std::exchange(on_done_, nullptr);
  then(std::move(result));
}

}  // namespace plait::net
