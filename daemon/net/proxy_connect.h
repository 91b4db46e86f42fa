#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/loop/stream.h"
#include "daemon/loop/tcp_stream.h"
#include "daemon/net/http_head.h"
#include "protocol/base/result.h"

namespace plait::net {

/// An HTTP proxy that passes TLS on (RFC 9110, section 9.3.6).
struct Proxy {
  std::string host;  ///< a name or an address, without brackets
  std::uint16_t port = 80;
  std::string authorization = {};  ///< "name:password"; empty: none

  bool operator==(const Proxy&) const = default;
};

/// What HTTPS_PROXY holds: `http://[name:password@]host[:port]`, the scheme may be missing. A
/// proxy that speaks TLS itself, or SOCKS, is Unsupported.
Result<Proxy> parse_proxy(std::string_view url);

/// Whether a host is reached without a proxy: this machine always; and what NO_PROXY names,
/// between commas: `*`, addresses, names (with all names below them), each with a port or not.
[[nodiscard]] bool bypasses_proxy(std::string_view no_proxy, std::string_view host,
                                  std::uint16_t port);

/// `authority` is the host and port that the proxy is to connect with.
[[nodiscard]] std::string connect_request(const Proxy& proxy, std::string_view authority);
/// Reads the proxy's answer. A person can do something about most errors.
Result<void> check_connect_response(std::string_view head);

/// Asks a proxy for a way through. Makes one attempt, and has no deadline of its own:
/// destroying it gives up.
class ProxyTunnel final : private loop::StreamHandler {
 public:
  using OnDone = std::function<void(Result<std::unique_ptr<loop::TcpStream>>)>;

  /// `on_done` gets the stream, which now ends where the proxy was asked to connect. It is
  /// called once, and may not destroy the tunnel.
  ProxyTunnel(std::unique_ptr<loop::TcpStream> stream, std::string_view request,
              OnDone on_done);

 private:
  void on_bytes(std::span<char> bytes) override;
  void on_end() override { be_done(fail(ErrorCode::System, "the proxy hung up")); }
  void on_failed(const Error& error) override;
  void on_drained() override {}
  void be_done(Result<std::unique_ptr<loop::TcpStream>> result);

  std::unique_ptr<loop::TcpStream> stream_;
  HttpHeadReader head_;
  OnDone on_done_;  ///< empty once it was called
};

}  // namespace plait::net
