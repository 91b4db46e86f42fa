#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "daemon/support/clock.h"
#include "protocol/messages/admin/admin.h"

namespace plait::app {

// What `plait admin` says to people. What a script would want to have, a link or a token,
// stands alone on `out`; what explains it goes to `notes`.

struct Printed {
  std::ostream& out;
  std::ostream& notes;
};

void print(const messages::admin::CreateWorkspace::Reply& reply, Printed to);
void print(const messages::admin::ListWorkspaces::Reply& reply, Printed to);
void print(const messages::admin::CreateInvite::Reply& reply, Printed to);
void print(const messages::admin::ListMembers::Reply& reply, Printed to);
void print(const messages::admin::Revoke::Reply& reply, Printed to);
void print(const messages::admin::IssueToken::Reply& reply, Printed to);
void print(const messages::admin::Backup::Reply& reply, Printed to);
void print(const messages::admin::Verify::Reply& reply, Printed to);
void print(const messages::admin::Stats::Reply& reply, Printed to);

/// Rows below a row of titles, in columns. Cells are one line each.
[[nodiscard]] std::string table_of(const std::vector<std::vector<std::string>>& rows);
/// "2026-01-31 12:00 UTC".
[[nodiscard]] std::string text_of(WallTime time);
/// "3.4 MiB".
[[nodiscard]] std::string size_text(std::int64_t bytes);

}  // namespace plait::app
