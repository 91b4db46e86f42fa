#pragma once

#include <cstdint>
#include <string>

namespace plait::net {

/// Why a WebSocket connection ends (RFC 6455, section 7.4). Applications have 4000 to 4999 for
/// their own.
enum class CloseCode : std::uint16_t {
  Normal = 1000,
  GoingAway = 1001,
  ProtocolError = 1002,
  UnsupportedData = 1003,
  NoneGiven = 1005,    ///< the peer closed without a code; never sent
  NotClosed = 1006,    ///< the connection ended without a close frame; never sent
  InvalidText = 1007,  ///< a text that is not UTF-8
  PolicyViolation = 1008,
  TooBig = 1009,
  InternalError = 1011,
  TryAgainLater = 1013,
};

constexpr std::uint16_t number(CloseCode code) noexcept {
  return static_cast<std::uint16_t>(code);
}

/// Whether a close frame may carry it.
constexpr bool may_be_sent(CloseCode code) noexcept {
  const std::uint16_t value = number(code);
  return (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1014) ||
         (value >= 3000 && value <= 4999);
}

/// How a connection came to its end, as the end that hears of it sees it.
struct Ending {
  CloseCode code = CloseCode::Normal;
  std::string reason;
};

}  // namespace plait::net
