#pragma once

#include <memory>
#include <string>

#include "daemon/loop/uv_handle.h"

// For the .cpp files of this folder.

namespace plait::loop {

struct FreeAddresses {
  void operator()(addrinfo* first) const noexcept { uv_freeaddrinfo(first); }
};

/// What a name stands for, as a linked list.
using AddressList = std::unique_ptr<addrinfo, FreeAddresses>;

/// Each address once, for TCP.
inline addrinfo tcp_hints() noexcept {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  return hints;
}

}  // namespace plait::loop
