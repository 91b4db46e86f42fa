#include "daemon/app/admin_print.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <sstream>

#include "protocol/base/utf8.h"

namespace plait::app {

namespace admin = messages::admin;
using Rows = std::vector<std::vector<std::string>>;

namespace {

std::size_t width_of(const std::string& cell) { return measure(cell).code_points.value(); }

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string uses_text(const messages::connect::Invite& invite) {
  if (!invite.uses_left) return "any number";
  return std::to_string(*invite.uses_left);
}

std::string role_text(messages::connect::Role role) {
  return std::string(jsonrpc::name_of(role));
}

std::string kind_of(const admin::Member& member) {
  if (member.standing == messages::connect::Standing::Waiting) return "waits for an owner";
  return member.device ? "member" : "tokens only";
}

}  // namespace

std::string table_of(const Rows& rows) {
  constexpr std::size_t kGap = 2;
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] + kGap - width_of(row[i]), ' ');
    }
    text += '\n';
  }
  return text;
}

std::string text_of(WallTime time) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{time.ms}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<minutes>(at - day)};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day())) + " " +
         two_digits(static_cast<unsigned>(clock.hours().count())) + ":" +
         two_digits(static_cast<unsigned>(clock.minutes().count())) + " UTC";
}

std::string size_text(std::int64_t bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024;
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= kStep && unit + 1 < kUnits.size(); ++unit) size /= kStep;
  std::ostringstream text;
  text << std::fixed << std::setprecision(unit == 0 ? 0 : 1) << size << ' ' << kUnits.at(unit);
  return text.str();
}

void print(const admin::CreateWorkspace::Reply& reply, Printed to) {
  to.out << reply.workspace.id << '\n';
  to.notes << "made the workspace \"" << reply.workspace.name
           << "\"; nobody is in it yet: `plait admin invite " << reply.workspace.id
           << " --role owner` lets its owner in\n";
}

void print(const admin::ListWorkspaces::Reply& reply, Printed to) {
  if (reply.workspaces.empty()) {
    to.notes << "there is no workspace yet: `plait admin create-workspace NAME` makes one\n";
    return;
  }
  Rows rows{{"ID", "NAME", "MEMBERS", "WAITING", "SINCE"}};
  for (const admin::Workspace& one : reply.workspaces) {
    rows.push_back({one.id, one.name, std::to_string(one.members), std::to_string(one.waiting),
                    text_of({one.created_at})});
  }
  to.out << table_of(rows);
}

void print(const admin::CreateInvite::Reply& reply, Printed to) {
  to.out << reply.link << '\n';
  to.notes << "for \"" << reply.workspace_name << "\" as " << role_text(reply.invite.role)
           << ", until " << text_of({reply.invite.expires_at})
           << ", uses: " << uses_text(reply.invite)
           << (reply.invite.approval ? ", an owner has to approve" : "") << "; "
           << "whoever has the link can use it. Invite " << reply.invite.id << '\n';
}

void print(const admin::ListMembers::Reply& reply, Printed to) {
  if (reply.members.empty()) {
    to.notes << "nobody is in \"" << reply.workspace.name << "\" yet\n";
  } else {
    Rows rows{{"ID", "NAME", "ROLE", "IS", "SINCE"}};
    for (const admin::Member& one : reply.members) {
      rows.push_back(
          {one.id, one.name, role_text(one.role), kind_of(one), text_of({one.joined_at})});
    }
    to.out << table_of(rows);
  }
  if (reply.invites.empty()) return;
  Rows rows{{"INVITE", "ROLE", "USES LEFT", "UNTIL", "BY"}};
  for (const auto& one : reply.invites) {
    rows.push_back({one.id, role_text(one.role), uses_text(one), text_of({one.expires_at}),
                    one.created_by.name});
  }
  to.out << (reply.members.empty() ? "" : "\n") << table_of(rows);
}

void print(const admin::Revoke::Reply& reply, Printed to) {
  switch (reply.what) {
    case admin::Revoked::Member:
      to.notes << reply.name << " (" << reply.id << ") is no longer a member\n";
      break;
    case admin::Revoked::Request:
      to.notes << reply.name << " (" << reply.id << ") was turned away\n";
      break;
    case admin::Revoked::Invite: to.notes << "invite " << reply.id << " is void\n"; break;
  }
}

void print(const admin::IssueToken::Reply& reply, Printed to) {
  to.out << reply.token << '\n';
  to.notes << "for " << reply.name << " (" << reply.member << ") as " << role_text(reply.role)
           << ", until " << text_of({reply.expires_at}) << "; the documents are at /yjs/"
           << reply.workspace_id << "/<path>\n";
}

void print(const admin::Backup::Reply& reply, Printed to) {
  to.notes << "everything is in " << reply.file << '\n';
}

void print(const admin::Verify::Reply& reply, Printed to) {
  to.notes << reply.documents << " documents with " << reply.entries << " entries, "
           << reply.blobs << " blobs: ";
  if (reply.findings.empty()) {
    to.notes << "all is as it was written\n";
    return;
  }
  to.notes << reply.findings.size() << " findings\n";
  Rows rows{{"WHERE", "WHAT"}};
  for (const admin::Finding& one : reply.findings) rows.push_back({one.where, one.what});
  to.out << table_of(rows);
}

void print(const admin::Stats::Reply& reply, Printed to) {
  to.out << table_of({{"generation", reply.generation},
                      {"database", size_text(reply.file_bytes)},
                      {"free in it", size_text(reply.free_bytes)},
                      {"workspaces", std::to_string(reply.workspaces)},
                      {"members", std::to_string(reply.members)},
                      {"documents", std::to_string(reply.documents)},
                      {"log entries", std::to_string(reply.entries)},
                      {"messages", std::to_string(reply.messages)},
                      {"blobs", std::to_string(reply.blobs)}});
}

}  // namespace plait::app
