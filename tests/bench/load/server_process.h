#pragma once

#include <cstddef>
#include <optional>

#include "protocol/base/result.h"

namespace plait::load {

/// What the system says of a server that runs on this machine.
class ServerProcess {
 public:
  /// Without a process nothing is known, and every figure is missing.
  explicit ServerProcess(std::optional<int> pid) noexcept : pid_(pid) {}

  [[nodiscard]] bool is_known() const noexcept { return pid_.has_value(); }
  /// Of all its threads, in user and system mode; to a hundredth of a second.
  [[nodiscard]] Result<double> cpu_seconds() const;
  [[nodiscard]] Result<std::size_t> resident_bytes() const;

 private:
  std::optional<int> pid_;
};

}  // namespace plait::load
