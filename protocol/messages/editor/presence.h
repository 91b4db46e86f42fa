#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/connect/presence.h"
#include "protocol/messages/editor/document.h"
#include "protocol/messages/editor/types.h"

namespace plait::messages::editor {

/// Somebody who is connected, or this editor's own user.
struct Participant {
  std::string id;
  std::string user_id;
  std::string name;
  std::string color;
  Role role = Role::Viewer;
  bool you = false;
  connect::Activity status = connect::Activity::Active;
  std::string client;
  std::optional<std::string> uri;  ///< the file in front
  bool typing = false;
  std::int64_t last_active_at = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("userId", self.user_id, kId);
    field("name", self.name, Line{1, connect::kMaxNameBytes});
    field("color", self.color, Line{1, 16});
    field("role", self.role);
    field("you", self.you);
    field("status", self.status);
    field("client", self.client, Line{1, connect::kMaxSoftwareBytes});
    field("uri", self.uri, kUri);
    field("typing", self.typing);
    field("lastActiveAt", self.last_active_at);
  }
};

/// Editor to daemon: where its user is.
struct PresenceUpdate {
  static constexpr std::string_view kMethod = "presence/update";
  std::optional<std::string> uri;
  std::vector<Selection> selections;  ///< the main one first
  std::optional<Span> visible;
  std::optional<bool> typing;
  Applied applied;  ///< of that file, when the selections were there

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("selections", self.selections, List{kMaxSelections});
    field("visible", self.visible);
    field("typing", self.typing);
    Applied::describe(self.applied, field);
  }
};

/// Daemon to editor: the whole roster.
struct PresenceChanged {
  static constexpr std::string_view kMethod = "presence/changed";
  std::string workspace_id;
  std::vector<Participant> participants;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("participants", self.participants, List{connect::kMaxParticipants});
  }
};

/// Daemon to editor: in its own coordinates, as of the newest `document/apply`.
struct CursorChanged {
  static constexpr std::string_view kMethod = "cursor/changed";
  std::string workspace_id;
  std::string participant_id;
  std::optional<std::string> uri;
  std::vector<Selection> selections;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("participantId", self.participant_id, kId);
    field("uri", self.uri, kUri);
    field("selections", self.selections, List{kMaxSelections});
  }
};

struct Followed {
  std::string workspace_id;
  std::string participant_id;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("participantId", self.participant_id, kId);
  }
};

struct FollowStart : Followed {
  static constexpr std::string_view kMethod = "follow/start";
  using Reply = Done;
};

struct FollowStop : Followed {
  static constexpr std::string_view kMethod = "follow/stop";
  using Reply = Done;
};

/// Daemon to editor: where the one who is followed is now.
struct FollowShow {
  static constexpr std::string_view kMethod = "follow/show";
  std::string uri;
  Span range;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("range", self.range);
  }
};

/// Daemon to editor: following has ended by itself.
struct FollowStopped {
  static constexpr std::string_view kMethod = "follow/stopped";
  std::string reason;

  static void describe(auto& self, auto& field) {
    field("reason", self.reason, Line{1, kMaxSentenceBytes});
  }
};

}  // namespace plait::messages::editor
