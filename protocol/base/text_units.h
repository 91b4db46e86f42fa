#pragma once

#include <compare>
#include <cstdint>

namespace plait {

/// A count of one kind of thing, which does not turn into another kind by accident.
/// Offsets and lengths of one kind share a type: they are added to each other all the time.
template <class Tag>
class Unit {
 public:
  constexpr Unit() noexcept = default;
  constexpr explicit Unit(std::uint32_t value) noexcept : value_(value) {}

  [[nodiscard]] constexpr std::uint32_t value() const noexcept { return value_; }
  constexpr auto operator<=>(const Unit&) const noexcept = default;

  constexpr Unit& operator+=(Unit other) noexcept {
    value_ += other.value_;
    return *this;
  }
  constexpr Unit& operator-=(Unit other) noexcept {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Unit operator+(Unit a, Unit b) noexcept { return a += b; }
  friend constexpr Unit operator-(Unit a, Unit b) noexcept { return a -= b; }

 private:
  std::uint32_t value_ = 0;
};

using Utf16Offset = Unit<struct Utf16Tag>;          ///< what VS Code, Yjs and LSP count
using Utf8Offset = Unit<struct Utf8Tag>;            ///< bytes, what Neovim counts
using CodePointOffset = Unit<struct CodePointTag>;  ///< what recorded traces count
using LineNumber = Unit<struct LineTag>;            ///< zero-based; a line ends with one \n

/// How long a piece of text is, in every unit that somebody counts in.
struct TextSize {
  Utf16Offset utf16;
  Utf8Offset utf8;
  CodePointOffset code_points;
  LineNumber newlines;

  constexpr bool operator==(const TextSize&) const noexcept = default;
  constexpr TextSize& operator+=(const TextSize& other) noexcept {
    utf16 += other.utf16;
    utf8 += other.utf8;
    code_points += other.code_points;
    newlines += other.newlines;
    return *this;
  }
  constexpr TextSize& operator-=(const TextSize& other) noexcept {
    utf16 -= other.utf16;
    utf8 -= other.utf8;
    code_points -= other.code_points;
    newlines -= other.newlines;
    return *this;
  }
  friend constexpr TextSize operator+(TextSize a, const TextSize& b) noexcept { return a += b; }
  friend constexpr TextSize operator-(TextSize a, const TextSize& b) noexcept { return a -= b; }
};

}  // namespace plait
