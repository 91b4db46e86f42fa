#pragma once

#include <variant>

#include "daemon/app/admin_options.h"
#include "daemon/app/serve_options.h"

namespace plait::app {

/// There is nothing to do: help was asked for and shown, or what was wrong has been said.
struct Done {
  int exit_code = 0;
};

/// What the program was asked for.
[[nodiscard]] std::variant<ServeOptions, AdminOptions, Done> parse_command_line(
    int argc, const char* const* argv);

}  // namespace plait::app
