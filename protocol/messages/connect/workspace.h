#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/connect/presence.h"
#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

struct Workspace {
  std::string id;
  std::string name;
  Role role = Role::Viewer;  ///< the receiver's
  std::int64_t created_at = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("name", self.name, Line{1, kMaxWorkspaceNameBytes});
    field("role", self.role);
    field("createdAt", self.created_at);
  }
};

struct WorkspaceList {
  static constexpr std::string_view kMethod = "workspace/list";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::vector<Workspace> workspaces;

    static void describe(auto& self, auto& field) {
      field("workspaces", self.workspaces, List{kMaxWorkspaces});
    }
  };
};

/// From here on the connection is about this workspace and no other.
struct WorkspaceOpen {
  static constexpr std::string_view kMethod = "workspace/open";
  std::string workspace_id;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
  }

  struct Reply {
    Workspace workspace;
    std::string generation;      ///< another one: the server went back to a backup
    std::string participant_id;  ///< this connection
    std::int64_t feed_seq = 0;   ///< the newest entry; later ones come by themselves
    std::vector<Participant> participants;
    std::vector<Cursor> cursors;

    static void describe(auto& self, auto& field) {
      field("workspace", self.workspace);
      field("generation", self.generation, kId);
      field("participantId", self.participant_id, kId);
      field("feedSeq", self.feed_seq);
      field("participants", self.participants, List{kMaxParticipants});
      field("cursors", self.cursors, List{kMaxParticipants});
    }
  };
};

/// Server to client: the workspace's name or the receiver's role is another now.
struct WorkspaceChanged {
  static constexpr std::string_view kMethod = "workspace/changed";
  Workspace workspace;

  static void describe(auto& self, auto& field) { field("workspace", self.workspace); }
};

/// Client ids for a replica that has just started. The same replica id gets the same ids.
struct ClientLease {
  static constexpr std::string_view kMethod = "client/lease";
  std::string replica_id;
  std::int64_t count = 1;

  static void describe(auto& self, auto& field) {
    field("replicaId", self.replica_id, kId);
    field("count", self.count, Range{1, kMaxLeasedAtOnce});
  }

  struct Reply {
    std::vector<std::int64_t> client_ids;

    static void describe(auto& self, auto& field) {
      field("clientIds", self.client_ids,
            List{static_cast<std::size_t>(kMaxLeasedAtOnce), Range{}});
    }
  };
};

/// A token for this user and workspace, with no more than the user's role.
struct TokenIssue {
  static constexpr std::string_view kMethod = "token/issue";
  std::optional<Role> role;

  static void describe(auto& self, auto& field) { field("role", self.role); }

  struct Reply {
    std::string token;
    std::int64_t expires_at = 0;

    static void describe(auto& self, auto& field) {
      field("token", self.token, Line{1, kMaxTokenBytes});
      field("expiresAt", self.expires_at);
    }
  };
};

}  // namespace plait::messages::connect
