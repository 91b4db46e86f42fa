#include "daemon/loop/socket_address.h"

#include <algorithm>
#include <array>
#include <iterator>
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

std::string network_of(const std::string& ip) {
  constexpr std::size_t kNetworkBytes = 8;
  in6_addr address{};
  if (uv_inet_pton(AF_INET6, ip.c_str(), &address) != 0) return ip;
  if (IN6_IS_ADDR_V4MAPPED(&address)) return ip;
  std::fill(std::begin(address.s6_addr) + kNetworkBytes, std::end(address.s6_addr),
            std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  must(uv_inet_ntop(AF_INET6, &address, text.data(), text.size()), "writing an address");
  return std::string(text.data()) + "/64";
}

std::string to_text(const SocketAddress& address) {
  const bool is_ipv6 = address.ip.find(':') != std::string::npos;
  const std::string port = ':' + std::to_string(address.port);
  return is_ipv6 ? '[' + address.ip + ']' + port : address.ip + port;
}

}  // namespace plait::loop
