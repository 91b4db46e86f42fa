#pragma once

#include <variant>

#include "daemon/app/admin_options.h"
#include "daemon/app/client_options.h"
#include "daemon/app/daemon_command.h"
#include "daemon/app/doctor.h"
#include "daemon/app/serve_options.h"

namespace plait::app {

/// There is nothing to do: help was asked for and shown, or what was wrong has been said.
struct Done {
  int exit_code = 0;
};

/// `plait editor`, which has no options: an editor speaks to it.
struct EditorBridge {};

/// What the program was asked for.
using Command =
    std::variant<ServeOptions, AdminOptions, DaemonOptions, EditorBridge, ShareOptions,
                 JoinOptions, StatusOptions, AnswerOptions, LeaveOptions, DoctorOptions, Done>;
[[nodiscard]] Command parse_command_line(int argc, const char* const* argv);

}  // namespace plait::app
