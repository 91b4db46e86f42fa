#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

enum class Activity : std::uint8_t { Active, Idle, Away };

inline constexpr std::array<jsonrpc::EnumName<Activity>, 3> kActivities{{
    {Activity::Active, "active"},
    {Activity::Idle, "idle"},
    {Activity::Away, "away"},
}};
constexpr const auto& names_of(Activity /*any*/) noexcept { return kActivities; }

/// One connection of a member. The server alone writes these.
struct Participant {
  std::string id;
  User user;
  Role role = Role::Viewer;
  std::string client;  ///< what software
  Activity activity = Activity::Active;
  bool typing = false;  ///< in a document
  bool typing_in_chat = false;
  std::optional<std::string> document;  ///< the one in front
  /// Whose insertions are theirs; one that was leased to this device.
  std::optional<std::int64_t> client_id;
  std::int64_t joined_at = 0;
  std::int64_t last_active_at = 0;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("user", self.user);
    field("role", self.role);
    field("client", self.client, Line{1, kMaxSoftwareBytes});
    field("activity", self.activity);
    field("typing", self.typing);
    field("typingInChat", self.typing_in_chat);
    field("document", self.document, kId);
    field("clientId", self.client_id);
    field("joinedAt", self.joined_at);
    field("lastActiveAt", self.last_active_at);
  }
};

/// Where one participant is in one document. No selections: the cursor is gone.
struct Cursor {
  std::string participant_id;
  std::string document;
  std::vector<Selection> selections;

  static void describe(auto& self, auto& field) {
    field("participantId", self.participant_id, kId);
    field("document", self.document, kId);
    field("selections", self.selections, List{kMaxSelections});
  }
};

/// Client to server: all of what the client has to say of itself; the newest counts.
struct PresenceUpdate {
  static constexpr std::string_view kMethod = "presence/update";
  Activity activity = Activity::Active;
  bool typing = false;
  std::optional<std::string> document;
  std::vector<Selection> selections;      ///< in that document, the main one first
  std::optional<std::int64_t> client_id;  ///< that it inserts under now

  static void describe(auto& self, auto& field) {
    field("activity", self.activity);
    field("typing", self.typing);
    field("document", self.document, kId);
    field("selections", self.selections, List{kMaxSelections});
    field("clientId", self.client_id);
  }
};

/// Server to client: participants who came or changed, and who is gone.
struct PresenceChanged {
  static constexpr std::string_view kMethod = "presence/changed";
  std::vector<Participant> participants;
  std::vector<std::string> left;

  static void describe(auto& self, auto& field) {
    field("participants", self.participants, List{kMaxParticipants});
    field("left", self.left, List{kMaxParticipants, kId});
  }
};

/// Server to client: cursors that moved, the receiver's own among them.
struct CursorChanged {
  static constexpr std::string_view kMethod = "cursor/changed";
  std::vector<Cursor> cursors;

  static void describe(auto& self, auto& field) {
    field("cursors", self.cursors, List{kMaxParticipants});
  }
};

}  // namespace plait::messages::connect
