#include "daemon/loop/socket_address.h"

#include <array>
#include <string_view>

#include "daemon/loop/uv_handle.h"

namespace plait::loop {
namespace {

constexpr std::string_view kMappedIpv4 = "::ffff:";

std::uint16_t port_of(const sockaddr_storage& address) {
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

}  // namespace

SocketAddress read_address(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  must(uv_ip_name(reinterpret_cast<const sockaddr*>(&address), text.data(), text.size()),
       "writing an address");
  std::string_view ip = text.data();
  // Without a dot it is an IPv6 address that happens to begin like this.
  if (ip.starts_with(kMappedIpv4) && ip.find('.') != std::string_view::npos) {
    ip.remove_prefix(kMappedIpv4.size());
  }
  return {std::string(ip), port_of(address)};
}

std::string to_text(const SocketAddress& address) {
  const bool is_ipv6 = address.ip.find(':') != std::string::npos;
  const std::string port = ':' + std::to_string(address.port);
  return is_ipv6 ? '[' + address.ip + ']' + port : address.ip + port;
}

}  // namespace plait::loop
