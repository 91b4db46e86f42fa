#pragma once

#include <chrono>

#include "daemon/support/clock.h"
#include "daemon/support/random.h"

namespace plait::sync {

inline constexpr std::chrono::milliseconds kFirstPause{250};
inline constexpr std::chrono::seconds kLongestPause{30};
/// A conversation of that length shows that the server is well: what was before is forgotten.
inline constexpr std::chrono::minutes kGoodConversation{1};

/// How long to wait before the next attempt to connect.
class Backoff {
 public:
  using Duration = MonotonicTime::duration;

  explicit Backoff(Random& random) noexcept : random_(random) {}

  /// After a conversation that has ended, or an attempt that came to none (zero). Not at all
  /// after a first cut; then twice as long each time, less up to a half by chance: clients that
  /// were cut together are not to come back together.
  [[nodiscard]] Duration after(Duration conversation);
  /// Somewhere between that time and half of it more.
  [[nodiscard]] Duration somewhat_later_than(Duration time);
  void reset() noexcept;

 private:
  /// Up to so much.
  Duration chance(Duration most);

  Random& random_;
  bool is_first_cut_ = true;
  Duration pause_ = kFirstPause;
};

}  // namespace plait::sync
