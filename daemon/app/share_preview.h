#pragma once

#include <string>

#include "protocol/base/result.h"

namespace plait::app {

/// `plait share --dry-run`: prints the files that would be shared, by the rules for folders
/// that are shared for the first time, and says what would not, and why. Shares nothing.
Result<int> preview_share(const std::string& folder);

}  // namespace plait::app
