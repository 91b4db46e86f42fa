#pragma once

#include "daemon/app/client_options.h"
#include "protocol/base/result.h"

namespace plait::app {

// Verbs of the command line that have the daemon do something, and print what came of it. What
// a script would want to have stands alone on standard output. The exit code; an error says why
// nothing came of it.

/// Prints the link of an invite. The folder stays shared, with no editor there.
Result<int> share(const ShareOptions& options);
Result<int> join(const JoinOptions& options);
/// Prints the files that the folder had asked about.
Result<int> answer(const AnswerOptions& options);
Result<int> leave(const LeaveOptions& options);
/// Starts no daemon.
Result<int> status(const StatusOptions& options);

}  // namespace plait::app
