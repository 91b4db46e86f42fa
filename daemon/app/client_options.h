#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/messages/editor/workspace.h"

namespace plait::app {

// What somebody without an editor asks of the daemon.

struct ShareOptions {
  std::string folder = ".";
  std::optional<std::string> name;
  std::optional<std::string> server;
  std::optional<std::string> host;
  messages::editor::Access access;
  bool asks_password = false;
  bool is_dry_run = false;  ///< only says what would be shared
};

struct JoinOptions {
  std::optional<std::string> link;  ///< none: PLAIT_LINK, or a line of standard input
  std::string folder = ".";
  messages::editor::Existing existing = messages::editor::Existing::Refuse;
};

struct StatusOptions {
  bool json = false;
};

struct LeaveOptions {
  std::string folder = ".";
};

/// What a shared folder asks its person.
struct AnswerOptions {
  std::string folder = ".";
  bool accept = false;
};

/// "refuse", "keepMine", "takeTheirs".
Result<messages::editor::Existing> parse_existing(std::string_view text);

}  // namespace plait::app
