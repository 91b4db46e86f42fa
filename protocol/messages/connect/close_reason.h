#pragma once

#include <cstdint>

namespace plait::messages::connect {

/// Why the server closes a WebSocket, beside the codes of RFC 6455 itself. A client reconnects,
/// waiting longer each time, except after the first four.
enum class CloseReason : std::uint16_t {
  LoginRequired = 4401,  ///< ten seconds without one, three refused ones, or the token expired
  Removed = 4403,        ///< no longer a member
  NoSuchRoom = 4404,     ///< of /yjs/
  Kicked = 4406,         ///< by an owner; only a person asks to come back
  TooSlow = 4408,        ///< what waited for the client became too much
  TooMuch = 4429,        ///< too many connections or messages
};

}  // namespace plait::messages::connect
