#pragma once

#include "daemon/app/admin_options.h"
#include "protocol/base/result.h"

namespace plait::app {

/// Asks the server that runs over the data folder, or does it here if none does, and prints
/// what came of it. The exit code; an error says why nothing came of it.
Result<int> administer(const AdminOptions& options);

}  // namespace plait::app
