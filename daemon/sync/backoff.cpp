#include "daemon/sync/backoff.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace plait::sync {

Backoff::Duration Backoff::after(Duration conversation) {
  if (conversation >= kGoodConversation) reset();
  if (conversation > Duration::zero() && std::exchange(is_first_cut_, false)) {
    return Duration::zero();
  }
  const Duration pause = pause_ - chance(pause_ / 2);
  pause_ = std::min<Duration>(2 * pause_, kLongestPause);
  return pause;
}

Backoff::Duration Backoff::somewhat_later_than(Duration time) {
  return time + chance(time / 2);
}

void Backoff::reset() noexcept {
  is_first_cut_ = true;
  pause_ = kFirstPause;
}

Backoff::Duration Backoff::chance(Duration most) {
  std::array<std::uint8_t, sizeof(std::uint32_t)> bytes{};
  random_.fill(bytes);
  std::uint32_t drawn = 0;
  std::memcpy(&drawn, bytes.data(), sizeof drawn);
  return Duration{drawn % (most.count() + 1)};
}

}  // namespace plait::sync
