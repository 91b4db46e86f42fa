#pragma once

#include "daemon/app/serve_options.h"
#include "protocol/base/result.h"

namespace plait::app {

/// Runs the sync server until SIGTERM or SIGINT has drained it. An error says why it could not
/// start.
Result<void> serve(const ServeOptions& options);

}  // namespace plait::app
