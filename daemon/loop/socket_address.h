#pragma once

#include <cstdint>
#include <string>

struct sockaddr_storage;

namespace plait::loop {

/// One end of a TCP connection.
struct SocketAddress {
  /// "192.0.2.7" or "2001:db8::7". An IPv4 peer of an IPv6 socket is written as IPv4, so that
  /// one peer has one name.
  std::string ip;
  std::uint16_t port = 0;

  bool operator==(const SocketAddress&) const = default;
};

/// "192.0.2.7:80", "[2001:db8::7]:80".
[[nodiscard]] std::string to_text(const SocketAddress& address);

/// What stands for whoever has the address, where connections are counted: an IPv6 address's
/// first 64 bits, since each customer of a network has all addresses below some of those. IPv4
/// addresses, and what is no address, are as they came.
[[nodiscard]] std::string network_of(const std::string& ip);

// For this folder only. The address is of family AF_INET or AF_INET6.
[[nodiscard]] SocketAddress read_address(const sockaddr_storage& address);

}  // namespace plait::loop
