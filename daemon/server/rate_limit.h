#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/support/clock.h"

namespace plait::server {

/// How often something may happen: so many times at once, and once more after each pause.
struct Rate {
  std::uint32_t burst;
  std::chrono::milliseconds pause;
};

/// Counts what happens by a key (a network, an invite), and says how long to wait. Keys that
/// may do everything again are forgotten; beyond kMaxRateKeys somebody is forgotten early.
class RateLimit {
 public:
  explicit RateLimit(Rate rate) : rate_(rate) {}

  /// Zero if it may happen now, otherwise how long not.
  [[nodiscard]] std::chrono::milliseconds wait(std::string_view key, MonotonicTime now) const;
  /// It happened.
  void count(std::string_view key, MonotonicTime now);
  /// Both: counts it if it may happen.
  [[nodiscard]] std::chrono::milliseconds take(std::string_view key, MonotonicTime now);

  [[nodiscard]] std::size_t size() const noexcept { return recovered_.size(); }

 private:
  void forget_somebody(MonotonicTime now);

  const Rate rate_;
  /// When nothing of what happened counts any more.
  std::unordered_map<std::string, MonotonicTime> recovered_;
};

inline constexpr std::size_t kMaxRateKeys = 10'000;

}  // namespace plait::server
