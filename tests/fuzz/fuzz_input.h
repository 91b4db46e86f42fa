#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plait::fuzz {

/// The bytes of one run, taken as choices. Once they are used up every choice is the first one.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size) noexcept
      : rest_(reinterpret_cast<const char*>(data), size) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  /// From 0 to count - 1.
  std::size_t below(std::size_t count) noexcept {
    std::size_t value = 0;
    for (std::size_t reached = 1; reached < count && !rest_.empty(); reached <<= 8) {
      value = value << 8 | static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
    }
    return count == 0 ? 0 : value % count;
  }
  bool one_in(std::size_t count) noexcept { return below(count) == 0; }

  std::string_view bytes(std::size_t count) noexcept {
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

}  // namespace plait::fuzz
