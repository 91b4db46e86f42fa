#include "daemon/loop/own_address.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "daemon/loop/loop.h"
#include "daemon/loop/socket_address.h"
#include "daemon/loop/uv_handle.h"

namespace plait::loop {
namespace {

/// Addresses that are nobody's (RFC 5737, RFC 3849): what is not on this network.
constexpr const char* kSomewhere = "192.0.2.1";
constexpr const char* kSomewhere6 = "2001:db8::1";
constexpr int kSomePort = 9;

struct DatagramState {
  uv_udp_t handle{};
};

/// A datagram socket has an address as soon as it has somebody to send to.
std::optional<std::string> address_towards(Loop& loop, const sockaddr* target) {
  const HandlePtr<DatagramState> state(new DatagramState);
  must(uv_udp_init(loop.uv(), &state->handle), "making a socket");
  state->handle.data = state.get();
  sockaddr_storage own{};
  int size = sizeof own;
  if (uv_udp_connect(&state->handle, target) != 0 ||
      uv_udp_getsockname(&state->handle, reinterpret_cast<sockaddr*>(&own), &size) != 0) {
    return std::nullopt;
  }
  return read_address(own).ip;
}

}  // namespace

std::optional<std::string> own_address(Loop& loop) {
  sockaddr_in target{};
  uv_ip4_addr(kSomewhere, kSomePort, &target);
  if (auto own = address_towards(loop, reinterpret_cast<const sockaddr*>(&target))) return own;
  sockaddr_in6 target6{};
  uv_ip6_addr(kSomewhere6, kSomePort, &target6);
  return address_towards(loop, reinterpret_cast<const sockaddr*>(&target6));
}

}  // namespace plait::loop
