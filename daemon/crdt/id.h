#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace plait::crdt {

/// The replica that made something. Yjs draws 32 random bits; up to 53 are representable.
enum class ClientId : std::uint64_t {};

constexpr std::uint64_t number(ClientId client) noexcept {
  return static_cast<std::uint64_t>(client);
}

/// Position in what one client ever inserted, counted in UTF-16 units (one for anything that is
/// not text). A point in time of that client: points differ by plain lengths and cannot be
/// added.
class Clock {
 public:
  constexpr Clock() noexcept = default;
  constexpr explicit Clock(std::uint32_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
  constexpr auto operator<=>(const Clock&) const noexcept = default;

  constexpr Clock& operator+=(std::uint32_t length) noexcept {
    value_ += length;
    return *this;
  }
  constexpr Clock& operator-=(std::uint32_t length) noexcept {
    value_ -= length;
    return *this;
  }
  friend constexpr Clock operator+(Clock clock, std::uint32_t length) noexcept {
    return clock += length;
  }
  friend constexpr Clock operator-(Clock clock, std::uint32_t length) noexcept {
    return clock -= length;
  }
  friend constexpr std::uint32_t operator-(Clock later, Clock earlier) noexcept {
    return later.value_ - earlier.value_;
  }

 private:
  std::uint32_t value_ = 0;
};

/// No clock reaches this, in any mode: a struct that would end beyond it is refused when
/// decoded.
inline constexpr std::uint64_t kClockLimit = std::uint64_t{1} << 31;

/// Names one inserted unit for ever.
struct Id {
  ClientId client{};
  Clock clock;

  constexpr auto operator<=>(const Id&) const noexcept = default;
};

}  // namespace plait::crdt
