#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/chat.h"
#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

/// One thing that happened in a workspace. Which of the fields are there depends on the kind;
/// kinds are text, so that an older client can pass over those it has not heard of.
struct FeedEntry {
  std::int64_t seq = 0;  ///< 1, 2, 3, … in each workspace
  std::int64_t time = 0;
  std::string kind;
  std::optional<User> actor;               ///< who did it; absent: the server
  std::optional<ChatMessage> message;      ///< as it is now
  std::optional<User> user;                ///< to whom it was done
  std::optional<Role> role;                ///< the new one
  std::optional<std::string> path;         ///< of a file, from the folder's root
  std::optional<std::string> former_path;  ///< before it was renamed

  static void describe(auto& self, auto& field) {
    field("seq", self.seq);
    field("time", self.time);
    field("kind", self.kind, kId);
    field("actor", self.actor);
    field("message", self.message);
    field("user", self.user);
    field("role", self.role);
    field("path", self.path, Line{1, kMaxPathBytes});
    field("formerPath", self.former_path, Line{1, kMaxPathBytes});
  }
};

/// The entries behind `after`, in order.
struct FeedSince {
  static constexpr std::string_view kMethod = "feed/since";
  std::int64_t after = 0;
  std::optional<std::int64_t> limit;  ///< absent: 50

  static void describe(auto& self, auto& field) {
    field("after", self.after);
    field("limit", self.limit, Range{1, kMaxPageEntries});
  }

  struct Reply {
    std::vector<FeedEntry> entries;
    bool more = false;

    static void describe(auto& self, auto& field) {
      field("entries", self.entries, List{static_cast<std::size_t>(kMaxPageEntries)});
      field("more", self.more);
    }
  };
};

/// Server to client: what is new, in order and without gaps.
struct FeedEntries {
  static constexpr std::string_view kMethod = "feed/entries";
  std::vector<FeedEntry> entries;

  static void describe(auto& self, auto& field) {
    field("entries", self.entries, List{static_cast<std::size_t>(kMaxPageEntries)});
  }
};

enum class FileActivity : std::uint8_t { Created, Renamed, Deleted };

inline constexpr std::array<jsonrpc::EnumName<FileActivity>, 3> kFileActivities{{
    {FileActivity::Created, "fileCreated"},
    {FileActivity::Renamed, "fileRenamed"},
    {FileActivity::Deleted, "fileDeleted"},
}};
constexpr const auto& names_of(FileActivity /*any*/) noexcept { return kFileActivities; }

/// Puts into the feed what a client did to a file. The same id again: nothing.
struct ActivityRecord {
  static constexpr std::string_view kMethod = "activity/record";
  std::string id;
  FileActivity kind = FileActivity::Created;
  std::string path;
  std::optional<std::string> former_path;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("kind", self.kind);
    field("path", self.path, Line{1, kMaxPathBytes});
    field("formerPath", self.former_path, Line{1, kMaxPathBytes});
  }

  struct Reply {
    std::int64_t seq = 0;

    static void describe(auto& self, auto& field) { field("seq", self.seq); }
  };
};

/// What owners may know: who let whom in and out, and what was refused.
struct AuditEntry {
  std::int64_t seq = 0;
  std::int64_t time = 0;
  std::string action;
  std::optional<User> actor;
  std::optional<User> user;
  std::string detail;

  static void describe(auto& self, auto& field) {
    field("seq", self.seq);
    field("time", self.time);
    field("action", self.action, kId);
    field("actor", self.actor);
    field("user", self.user);
    field("detail", self.detail, Line{0, kMaxReasonBytes});
  }
};

struct AuditList {
  static constexpr std::string_view kMethod = "audit/list";
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> limit;

  static void describe(auto& self, auto& field) {
    field("before", self.before);
    field("limit", self.limit, Range{1, kMaxPageEntries});
  }

  struct Reply {
    std::vector<AuditEntry> entries;
    bool more = false;

    static void describe(auto& self, auto& field) {
      field("entries", self.entries, List{static_cast<std::size_t>(kMaxPageEntries)});
      field("more", self.more);
    }
  };
};

}  // namespace plait::messages::connect
