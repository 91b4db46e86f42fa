#pragma once

#include <chrono>

#include "daemon/app/home.h"
#include "protocol/base/result.h"

namespace plait::app {

/// How long the daemon stays when nobody needs it any more.
inline constexpr std::chrono::minutes kIdleExit{5};

/// What `plait daemon` was asked for.
struct DaemonOptions {
  bool foreground = false;
  std::chrono::milliseconds idle_exit = kIdleExit;
};

/// Runs the daemon of this user's Home, or, unless it is to stay in the foreground, has it run
/// on behind this process and returns when it listens. Refused if one runs already.
Result<void> run_daemon(const DaemonOptions& options);

/// Starts `plait daemon`, from the program that this process runs, and waits until it listens.
/// Also fine if somebody else started one meanwhile. Blocks; any thread may call it.
Result<void> start_daemon(const Home& home);

}  // namespace plait::app
