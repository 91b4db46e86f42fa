#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/base/result.h"
#include "protocol/messages/admin/admin.h"

namespace plait::app {

using AdminRequest =
    std::variant<messages::admin::ListWorkspaces, messages::admin::CreateWorkspace,
                 messages::admin::CreateInvite, messages::admin::ListMembers,
                 messages::admin::Revoke, messages::admin::IssueToken, messages::admin::Backup,
                 messages::admin::Verify, messages::admin::Stats>;

/// What `plait admin` was asked for.
struct AdminOptions {
  std::string data = "plait-data";
  bool json = false;
  AdminRequest request;
};

/// "90s", "30m", "24h", "7d".
Result<std::chrono::seconds> parse_duration(std::string_view text);
Result<messages::connect::Role> parse_role(std::string_view text);

}  // namespace plait::app
