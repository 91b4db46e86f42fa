#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/types.h"
#include "protocol/messages/connect/workspace.h"

namespace plait::messages::connect {

using InviteSecret = FixedBytes<16>;

/// An invite as owners see it. The secret is not kept.
struct Invite {
  std::string id;
  Role role = Role::Editor;
  User created_by;
  std::int64_t created_at = 0;
  std::int64_t expires_at = 0;
  std::optional<std::int64_t> uses_left;  ///< absent: any number
  bool approval = false;
  bool password = false;  ///< whether it has one

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("role", self.role);
    field("createdBy", self.created_by);
    field("createdAt", self.created_at);
    field("expiresAt", self.expires_at);
    field("usesLeft", self.uses_left);
    field("approval", self.approval);
    field("password", self.password);
  }
};

struct InviteCreate {
  static constexpr std::string_view kMethod = "invite/create";
  Role role = Role::Editor;
  std::optional<std::int64_t> expires_in_seconds;  ///< absent: a day
  std::optional<std::int64_t> max_uses;            ///< absent: any number
  std::optional<std::string> password;
  std::optional<bool> approval;

  static void describe(auto& self, auto& field) {
    field("role", self.role);
    field("expiresInSeconds", self.expires_in_seconds, Range{1, kMaxInviteSeconds});
    field("maxUses", self.max_uses, Range{1, kMaxInviteUses});
    field("password", self.password, Text{1, kMaxPasswordBytes});
    field("approval", self.approval);
  }

  struct Reply {
    Invite invite;
    InviteSecret secret;  ///< said this once

    static void describe(auto& self, auto& field) {
      field("invite", self.invite);
      field("secret", self.secret);
    }
  };
};

struct InviteList {
  static constexpr std::string_view kMethod = "invite/list";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::vector<Invite> invites;

    static void describe(auto& self, auto& field) {
      field("invites", self.invites, List{kMaxInvites});
    }
  };
};

struct InviteRevoke {
  static constexpr std::string_view kMethod = "invite/revoke";
  std::string invite_id;

  static void describe(auto& self, auto& field) { field("inviteId", self.invite_id, kId); }
  using Reply = Done;
};

/// Becomes a member, or asks to. Again, by the same user: the same answer, and no use is taken.
struct InviteRedeem {
  static constexpr std::string_view kMethod = "invite/redeem";
  std::string workspace_id;
  InviteSecret secret;
  std::optional<std::string> password;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("secret", self.secret);
    field("password", self.password, Text{1, kMaxPasswordBytes});
  }

  struct Reply {
    Standing standing = Standing::Waiting;
    std::optional<Workspace> workspace;  ///< of a member

    static void describe(auto& self, auto& field) {
      field("standing", self.standing);
      field("workspace", self.workspace);
    }
  };
};

/// Server to client, on the connection that redeemed: what an owner decided.
struct InviteDecided {
  static constexpr std::string_view kMethod = "invite/decided";
  std::string workspace_id;
  bool approved = false;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("approved", self.approved);
  }
};

}  // namespace plait::messages::connect
