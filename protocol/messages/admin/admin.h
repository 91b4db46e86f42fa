#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/jsonrpc/fields.h"
#include "protocol/messages/connect/invite.h"
#include "protocol/messages/connect/limits.h"
#include "protocol/messages/connect/member.h"
#include "protocol/messages/connect/types.h"
#include "protocol/messages/message_list.h"

namespace plait::messages::admin {

// What the operator asks of a server, over a socket in its data folder: JSON-RPC, framed as on
// any pipe (protocol/jsonrpc/frame_reader.h). Times are milliseconds since 1970. A workspace is
// named by its id, or by its name if no other has it.

using connect::kId;
using connect::Role;
using connect::Standing;
using jsonrpc::Line;
using jsonrpc::List;
using jsonrpc::Range;

/// One request or answer. A list of everybody is the longest there is.
inline constexpr std::size_t kMaxMessageBytes = std::size_t{8} << 20;
inline constexpr jsonrpc::JsonLimits kLimits{
    .max_bytes = kMaxMessageBytes, .max_depth = 16, .max_values = 500'000};

inline constexpr std::size_t kMaxWordBytes = 256;  ///< a workspace's or member's id or name
inline constexpr std::size_t kMaxFileNameBytes = 4096;
inline constexpr std::size_t kMaxLinkBytes = 512;
inline constexpr std::int64_t kMaxTokenSeconds = std::int64_t{24} * 3600;
inline constexpr std::size_t kMaxFindings = 1000;

struct Workspace {
  std::string id;
  std::string name;
  std::int64_t created_at = 0;
  std::int64_t members = 0;
  std::int64_t waiting = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("name", self.name, Line{1, kMaxWordBytes});
    field("createdAt", self.created_at);
    field("members", self.members);
    field("waiting", self.waiting);
  }
};

struct CreateWorkspace {
  static constexpr std::string_view kMethod = "admin/createWorkspace";
  std::string name;

  static void describe(auto& self, auto& field) {
    field("name", self.name, Line{1, kMaxWordBytes});
  }

  struct Reply {
    Workspace workspace;

    static void describe(auto& self, auto& field) { field("workspace", self.workspace); }
  };
};

struct ListWorkspaces {
  static constexpr std::string_view kMethod = "admin/listWorkspaces";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::vector<Workspace> workspaces;

    static void describe(auto& self, auto& field) {
      field("workspaces", self.workspaces, List{connect::kMaxWorkspaces});
    }
  };
};

struct CreateInvite {
  static constexpr std::string_view kMethod = "admin/createInvite";
  std::string workspace;
  Role role = Role::Editor;
  std::optional<std::int64_t> expires_in_seconds;  ///< absent: a day
  std::optional<std::int64_t> max_uses;            ///< absent: any number
  bool approval = false;
  std::optional<std::string> address;  ///< for the link; absent: the server's own

  static void describe(auto& self, auto& field) {
    field("workspace", self.workspace, Line{1, kMaxWordBytes});
    field("role", self.role);
    field("expiresInSeconds", self.expires_in_seconds, Range{1, connect::kMaxInviteSeconds});
    field("maxUses", self.max_uses, Range{1, connect::kMaxInviteUses});
    field("approval", self.approval);
    field("address", self.address, Line{1, kMaxLinkBytes});
  }

  struct Reply {
    std::string link;  ///< a secret
    std::string workspace_name;
    connect::Invite invite;

    static void describe(auto& self, auto& field) {
      field("link", self.link, Line{1, kMaxLinkBytes});
      field("workspaceName", self.workspace_name, Line{1, kMaxWordBytes});
      field("invite", self.invite);
    }
  };
};

struct Member {
  std::string id;
  std::string name;
  Role role = Role::Viewer;
  Standing standing = Standing::Member;
  bool device = false;  ///< false: comes with tokens only
  std::int64_t joined_at = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("name", self.name, Line{1, kMaxWordBytes});
    field("role", self.role);
    field("standing", self.standing);
    field("device", self.device);
    field("joinedAt", self.joined_at);
  }
};

/// Everybody in a workspace, and the invites to it.
struct ListMembers {
  static constexpr std::string_view kMethod = "admin/listMembers";
  std::string workspace;

  static void describe(auto& self, auto& field) {
    field("workspace", self.workspace, Line{1, kMaxWordBytes});
  }

  struct Reply {
    Workspace workspace;
    std::vector<Member> members;
    std::vector<connect::Invite> invites;

    static void describe(auto& self, auto& field) {
      field("workspace", self.workspace);
      field("members", self.members, List{2 * connect::kMaxMembers});
      field("invites", self.invites, List{connect::kMaxInvites});
    }
  };
};

enum class Revoked : std::uint8_t { Member, Request, Invite };
inline constexpr std::array<jsonrpc::EnumName<Revoked>, 3> kRevoked{{
    {Revoked::Member, "member"},
    {Revoked::Request, "request"},
    {Revoked::Invite, "invite"},
}};
constexpr const auto& names_of(Revoked /*any*/) noexcept { return kRevoked; }

/// Ends a membership, turns somebody away who waits, or makes an invite void.
struct Revoke {
  static constexpr std::string_view kMethod = "admin/revoke";
  std::string workspace;
  std::string who;  ///< a member's id or name, or an invite's id

  static void describe(auto& self, auto& field) {
    field("workspace", self.workspace, Line{1, kMaxWordBytes});
    field("who", self.who, Line{1, kMaxWordBytes});
  }

  struct Reply {
    Revoked what = Revoked::Member;
    std::string id;
    std::string name;  ///< an invite's id once more

    static void describe(auto& self, auto& field) {
      field("what", self.what);
      field("id", self.id, kId);
      field("name", self.name, Line{1, kMaxWordBytes});
    }
  };
};

/// A token for the `/yjs/` endpoint, of the member with this name who has no device. There is
/// one from then on, if there was none.
struct IssueToken {
  static constexpr std::string_view kMethod = "admin/issueToken";
  std::string workspace;
  Role role = Role::Editor;
  std::optional<std::string> name;                 ///< absent: "Guest editor" and the like
  std::optional<std::int64_t> expires_in_seconds;  ///< absent: a day, which is the most

  static void describe(auto& self, auto& field) {
    field("workspace", self.workspace, Line{1, kMaxWordBytes});
    field("role", self.role);
    field("name", self.name, Line{1, kMaxWordBytes});
    field("expiresInSeconds", self.expires_in_seconds, Range{1, kMaxTokenSeconds});
  }

  struct Reply {
    std::string token;  ///< a secret
    std::string workspace_id;
    std::string member;
    std::string name;
    Role role = Role::Editor;
    std::int64_t expires_at = 0;

    static void describe(auto& self, auto& field) {
      field("token", self.token, Line{1, connect::kMaxTokenBytes});
      field("workspaceId", self.workspace_id, kId);
      field("member", self.member, kId);
      field("name", self.name, Line{1, kMaxWordBytes});
      field("role", self.role);
      field("expiresAt", self.expires_at);
    }
  };
};

/// Copies the database, as it is when the copy ends, into a file that is not there yet.
struct Backup {
  static constexpr std::string_view kMethod = "admin/backup";
  std::string file;  ///< from the root: the server has another folder of its own

  static void describe(auto& self, auto& field) {
    field("file", self.file, Line{1, kMaxFileNameBytes});
  }

  struct Reply {
    std::string file;

    static void describe(auto& self, auto& field) {
      field("file", self.file, Line{1, kMaxFileNameBytes});
    }
  };
};

struct Finding {
  std::string where;
  std::string what;

  static void describe(auto& self, auto& field) {
    field("where", self.where, Line{0, kMaxFileNameBytes});
    field("what", self.what, Line{0, kMaxFileNameBytes});
  }
};

/// Recomputes every hash there is.
struct Verify {
  static constexpr std::string_view kMethod = "admin/verify";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::int64_t documents = 0;
    std::int64_t entries = 0;
    std::int64_t blobs = 0;
    std::vector<Finding> findings;  ///< none: all is as it was written

    static void describe(auto& self, auto& field) {
      field("documents", self.documents);
      field("entries", self.entries);
      field("blobs", self.blobs);
      field("findings", self.findings, List{kMaxFindings});
    }
  };
};

struct Stats {
  static constexpr std::string_view kMethod = "admin/stats";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::string generation;
    std::int64_t file_bytes = 0;
    std::int64_t free_bytes = 0;  ///< of the file, waiting to be used again
    std::int64_t workspaces = 0;
    std::int64_t members = 0;
    std::int64_t documents = 0;
    std::int64_t entries = 0;
    std::int64_t messages = 0;
    std::int64_t blobs = 0;

    static void describe(auto& self, auto& field) {
      field("generation", self.generation, kId);
      field("fileBytes", self.file_bytes);
      field("freeBytes", self.free_bytes);
      field("workspaces", self.workspaces);
      field("members", self.members);
      field("documents", self.documents);
      field("entries", self.entries);
      field("messages", self.messages);
      field("blobs", self.blobs);
    }
  };
};

/// All there are; each has a `Reply`.
using Requests = MessageList<CreateWorkspace, ListWorkspaces, CreateInvite, ListMembers, Revoke,
                             IssueToken, Backup, Verify, Stats>;

}  // namespace plait::messages::admin
