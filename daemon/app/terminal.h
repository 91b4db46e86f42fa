#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::app {

/// Whether standard error is a person's terminal.
[[nodiscard]] bool is_watched();

/// Asks for a line on this process's terminal, whatever standard input is, and shows nothing of
/// it. Refused if there is no terminal.
Result<std::string> ask_secret(std::string_view prompt);

/// The first line of standard input.
Result<std::string> read_input_line();

/// What others wrote, in one line that cannot speak to a terminal.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace plait::app
