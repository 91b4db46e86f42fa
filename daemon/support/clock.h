#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace plait {

/// When something happened or is due, by a clock that never goes back. For deadlines; its zero
/// means nothing.
using MonotonicTime =
    std::chrono::time_point<std::chrono::steady_clock, std::chrono::microseconds>;

/// Milliseconds since 1970 in UTC, as messages and stores carry it. May jump when the machine's
/// clock is set, so nothing is timed with it.
struct WallTime {
  std::int64_t ms = 0;

  constexpr auto operator<=>(const WallTime&) const noexcept = default;
};

/// What time it is. Everything that asks gets its clock through the constructor, so that a test
/// can say.
class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual MonotonicTime now() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

/// The machine's clocks. Any thread may ask.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime now() const override;
  [[nodiscard]] WallTime wall() const override;
};

}  // namespace plait
