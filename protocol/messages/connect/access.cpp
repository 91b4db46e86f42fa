#include "protocol/messages/connect/access.h"

#include <algorithm>

namespace plait::messages::connect {
namespace {

constexpr RoleSet kNobodyYet{};
constexpr RoleSet kOwners{Role::Owner};
constexpr RoleSet kWriters{Role::Owner, Role::Editor};
constexpr RoleSet kTalkers{Role::Owner, Role::Editor, Role::Commenter};
constexpr RoleSet kMembers{Role::Owner, Role::Editor, Role::Commenter, Role::Viewer};

constexpr Access kTable[] = {
    {"hello", Form::Request, Phase::Connected, kNobodyYet},
    {"login/key", Form::Request, Phase::Greeted, kNobodyYet},
    {"login/token", Form::Request, Phase::Greeted, kNobodyYet},

    {"invite/redeem", Form::Request, Phase::LoggedIn, kNobodyYet},
    {"workspace/list", Form::Request, Phase::LoggedIn, kNobodyYet},
    {"workspace/open", Form::Request, Phase::LoggedIn, kNobodyYet},

    {"token/issue", Form::Request, Phase::InWorkspace, kMembers},
    {"client/lease", Form::Request, Phase::InWorkspace, kWriters},

    {"document/open", Form::Request, Phase::InWorkspace, kMembers},
    {"document/close", Form::Request, Phase::InWorkspace, kMembers},
    {"document/list", Form::Request, Phase::InWorkspace, kMembers},
    {"document/diverged", Form::Notification, Phase::InWorkspace, kMembers},
    {"sync/step1", Form::Binary, Phase::InWorkspace, kMembers},
    {"sync/step2", Form::Binary, Phase::InWorkspace, kWriters},
    {"sync/update", Form::Binary, Phase::InWorkspace, kWriters},

    {"presence/update", Form::Notification, Phase::InWorkspace, kMembers},

    {"feed/since", Form::Request, Phase::InWorkspace, kMembers},
    {"activity/record", Form::Request, Phase::InWorkspace, kWriters},
    {"audit/list", Form::Request, Phase::InWorkspace, kOwners},

    {"chat/send", Form::Request, Phase::InWorkspace, kTalkers},
    {"chat/edit", Form::Request, Phase::InWorkspace, kTalkers},
    {"chat/delete", Form::Request, Phase::InWorkspace, kTalkers},
    {"chat/react", Form::Request, Phase::InWorkspace, kTalkers},
    {"chat/typing", Form::Notification, Phase::InWorkspace, kTalkers},
    {"chat/history", Form::Request, Phase::InWorkspace, kMembers},
    {"chat/search", Form::Request, Phase::InWorkspace, kMembers},
    {"chat/export", Form::Request, Phase::InWorkspace, kMembers},

    {"member/list", Form::Request, Phase::InWorkspace, kMembers},
    {"member/leave", Form::Request, Phase::InWorkspace, kMembers},
    {"member/setRole", Form::Request, Phase::InWorkspace, kOwners},
    {"member/approve", Form::Request, Phase::InWorkspace, kOwners},
    {"member/kick", Form::Request, Phase::InWorkspace, kOwners},
    {"member/revoke", Form::Request, Phase::InWorkspace, kOwners},
    {"member/transfer", Form::Request, Phase::InWorkspace, kOwners},

    {"invite/create", Form::Request, Phase::InWorkspace, kOwners},
    {"invite/list", Form::Request, Phase::InWorkspace, kOwners},
    {"invite/revoke", Form::Request, Phase::InWorkspace, kOwners},

    {"blob/get", Form::Request, Phase::InWorkspace, kMembers},
    {"blob/put", Form::Request, Phase::InWorkspace, kWriters},
    {"blob/chunk", Form::Binary, Phase::InWorkspace, kWriters},
    {"blob/finish", Form::Request, Phase::InWorkspace, kWriters},
};

}  // namespace

std::span<const Access> access_table() noexcept { return kTable; }

const Access* find_access(std::string_view message) noexcept {
  const auto* found = std::ranges::find(kTable, message, &Access::message);
  return found == std::end(kTable) ? nullptr : found;
}

}  // namespace plait::messages::connect
