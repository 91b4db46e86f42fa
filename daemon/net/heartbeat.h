#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "daemon/support/clock.h"

namespace plait::net {

/// A connection on which nothing arrives is asked whether anybody is there, and given up if
/// that does not help. With the second between two ticks, a dead peer is noticed within 15 s.
inline constexpr std::chrono::seconds kPingAfter{5};
inline constexpr std::chrono::seconds kMaxSilence{13};

class Heartbeat {
 public:
  enum class Action : std::uint8_t { None, Ping, GiveUp };

  /// What to do about a connection that has been silent for so long. Asked once a second.
  Action next(MonotonicTime::duration silence) noexcept {
    if (silence >= kMaxSilence) return Action::GiveUp;
    const bool is_late = silence >= kPingAfter;
    const bool was_pinged = std::exchange(was_pinged_, is_late);
    return is_late && !was_pinged ? Action::Ping : Action::None;
  }

 private:
  bool was_pinged_ = false;
};

}  // namespace plait::net
