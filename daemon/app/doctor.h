#pragma once

#include <optional>
#include <string>

#include "protocol/base/result.h"

namespace plait::app {

/// What `plait doctor` was asked for.
struct DoctorOptions {
  std::optional<std::string> target;  ///< a server, or an invite's link
  std::string folder = ".";
  bool json = false;
};

/// Looks at everything that sharing needs on this machine, and at the way to a server, and
/// prints what is wrong and what to do about it. The exit code: 1 if something is wrong.
Result<int> examine(const DoctorOptions& options);

}  // namespace plait::app
