#pragma once

#include "protocol/base/result.h"

namespace plait::app {

/// `plait editor`: carries messages between standard input and output and this user's daemon,
/// and puts another daemon in the place of one that is gone. The exit code, or why it ended.
Result<int> run_bridge();

}  // namespace plait::app
