#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/support/clock.h"

namespace plait::sim {

/// Everything that happens, as one number: two runs are the same if theirs are.
class Trace {
 public:
  /// With `aloud`, also as lines on standard output.
  explicit Trace(bool aloud) noexcept : aloud_(aloud) {}

  /// `what` is said by `who`, the number of an actor; `bytes` is what it was about.
  void note(MonotonicTime now, std::string_view what, std::size_t who,
            std::string_view bytes = {}) {
    add_number(static_cast<std::uint64_t>(now.time_since_epoch().count()));
    add(what);
    add_number(who);
    add(bytes);
    if (!aloud_) return;
    std::printf("%12.6f  %-14.*s %2zu  %zu bytes, %016llx\n",
                static_cast<double>(now.time_since_epoch().count()) / 1e6,
                static_cast<int>(what.size()), what.data(), who, bytes.size(),
                static_cast<unsigned long long>(hash_));
  }
  void remark(std::string_view what) const {
    if (aloud_) std::printf("%.*s\n", static_cast<int>(what.size()), what.data());
  }

  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

 private:
  /// FNV-1a.
  void add_byte(std::uint8_t byte) noexcept { hash_ = (hash_ ^ byte) * 0x100000001B3U; }
  void add(std::string_view bytes) noexcept {
    for (const char byte : bytes) add_byte(static_cast<std::uint8_t>(byte));
    add_number(bytes.size());
  }
  void add_number(std::uint64_t number) noexcept {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<std::uint8_t>(number >> (8 * i)));
  }

  bool aloud_;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

/// How a run ended.
struct Outcome {
  std::uint64_t trace = 0;
  std::optional<std::string> problem;
};

}  // namespace plait::sim
