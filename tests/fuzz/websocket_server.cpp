// Any bytes as what a client sends: whatever the pieces they come in, a server hears the same,
// of it no message that breaks a limit, and nothing after the end.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/websocket_ends.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  plait::fuzz::hear_stream(plait::net::WebSocketCodec::Role::Server, data, size);
  return 0;
}
