#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/editor/types.h"

namespace plait::messages::editor {

enum class Connection : std::uint8_t { Online, Connecting, Offline, Embedded };

inline constexpr std::array<jsonrpc::EnumName<Connection>, 4> kConnections{{
    {Connection::Online, "online"},
    {Connection::Connecting, "connecting"},
    {Connection::Offline, "offline"},
    {Connection::Embedded, "embedded"},
}};
constexpr const auto& names_of(Connection /*any*/) noexcept { return kConnections; }

/// What is not done before a person on this machine says that it is meant: that many files go
/// from the folder; that somebody else's file gets into it which is run when it is opened.
enum class QuestionKind : std::uint8_t { Deletions, Guarded };

inline constexpr std::array<jsonrpc::EnumName<QuestionKind>, 2> kQuestionKinds{{
    {QuestionKind::Deletions, "deletions"},
    {QuestionKind::Guarded, "guarded"},
}};
constexpr const auto& names_of(QuestionKind /*any*/) noexcept { return kQuestionKinds; }

inline constexpr std::size_t kMaxQuestionUris = 100;

struct Question {
  QuestionKind kind = QuestionKind::Deletions;
  std::int64_t count = 0;
  std::vector<std::string> uris;  ///< the first of so many files

  static void describe(auto& self, auto& field) {
    field("kind", self.kind);
    field("count", self.count);
    field("uris", self.uris, List{kMaxQuestionUris, kUri});
  }
};

/// A shared folder, as this machine has it.
struct Workspace {
  std::string id;
  std::string name;
  std::string folder;
  Role role = Role::Viewer;
  Connection connection = Connection::Offline;
  std::int64_t pending_edits = 0;              ///< that the server has not acknowledged
  std::optional<std::int64_t> last_synced_at;  ///< absent: never
  bool read_only = false;
  /// On their way between the folder and the server. Absent: none.
  std::optional<std::int64_t> files_waiting;
  /// That wait for `workspace/answer`. Absent: none.
  std::optional<std::vector<Question>> questions;
  std::optional<std::string> invite;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("name", self.name, Line{1, connect::kMaxWorkspaceNameBytes});
    field("folder", self.folder, kUri);
    field("role", self.role);
    field("connection", self.connection);
    field("pendingEdits", self.pending_edits);
    field("lastSyncedAt", self.last_synced_at);
    field("readOnly", self.read_only);
    field("filesWaiting", self.files_waiting);
    field("questions", self.questions, List{kQuestionKinds.size()});
    field("invite", self.invite, Line{1, kMaxLinkBytes});
  }
};

struct OneWorkspace {
  Workspace workspace;

  static void describe(auto& self, auto& field) { field("workspace", self.workspace); }
};

struct OneInvite {
  std::string invite;

  static void describe(auto& self, auto& field) {
    field("invite", self.invite, Line{1, kMaxLinkBytes});
  }
};

/// Whom an invite lets in. What is absent: an editor, for 24 hours, without approval.
struct Access {
  std::optional<Role> role;
  std::optional<std::int64_t> expires_in_seconds;
  std::optional<std::int64_t> max_uses;
  std::optional<std::string> password;
  std::optional<bool> approval;

  static void describe(auto& self, auto& field) {
    field("role", self.role);
    field("expiresInSeconds", self.expires_in_seconds, Range{1, connect::kMaxInviteSeconds});
    field("maxUses", self.max_uses, Range{1, connect::kMaxInviteUses});
    field("password", self.password, Text{1, connect::kMaxPasswordBytes});
    field("approval", self.approval);
  }
};

struct WorkspaceShare {
  static constexpr std::string_view kMethod = "workspace/share";
  std::string folder;
  std::optional<std::string> name;    ///< absent: the folder's
  std::optional<std::string> server;  ///< absent: the daemon itself is the server
  std::optional<Access> access;
  std::optional<bool> headless;  ///< it is kept in step with no editor there
  std::optional<std::string>
      host;  ///< in the link, if the daemon is the server; absent: it finds one

  static void describe(auto& self, auto& field) {
    field("folder", self.folder, kUri);
    field("name", self.name, Line{1, connect::kMaxWorkspaceNameBytes});
    field("server", self.server, Line{1, kMaxAddressBytes});
    field("access", self.access);
    field("headless", self.headless);
    field("host", self.host, Line{1, kMaxAddressBytes});
  }

  struct Reply {
    Workspace workspace;
    std::string invite;

    static void describe(auto& self, auto& field) {
      field("workspace", self.workspace);
      field("invite", self.invite, Line{1, kMaxLinkBytes});
    }
  };
};

/// What becomes of files that the folder holds already and that differ.
enum class Existing : std::uint8_t { Refuse, KeepMine, TakeTheirs };

inline constexpr std::array<jsonrpc::EnumName<Existing>, 3> kExisting{{
    {Existing::Refuse, "refuse"},
    {Existing::KeepMine, "keepMine"},
    {Existing::TakeTheirs, "takeTheirs"},
}};
constexpr const auto& names_of(Existing /*any*/) noexcept { return kExisting; }

struct WorkspaceJoin {
  static constexpr std::string_view kMethod = "workspace/join";
  std::string invite;
  std::string folder;
  std::optional<std::string> password;
  std::optional<Existing> existing;  ///< absent: refuse
  std::optional<bool> headless;      ///< as in `workspace/share`

  static void describe(auto& self, auto& field) {
    field("invite", self.invite, Line{1, kMaxLinkBytes});
    field("folder", self.folder, kUri);
    field("password", self.password, Text{1, connect::kMaxPasswordBytes});
    field("existing", self.existing);
    field("headless", self.headless);
  }

  struct Reply {
    Workspace workspace;
    std::optional<std::string> backup;  ///< the folder with what was replaced

    static void describe(auto& self, auto& field) {
      field("workspace", self.workspace);
      field("backup", self.backup, kUri);
    }
  };
};

/// A folder that was shared or joined before.
struct WorkspaceOpen {
  static constexpr std::string_view kMethod = "workspace/open";
  std::string folder;

  static void describe(auto& self, auto& field) { field("folder", self.folder, kUri); }
  using Reply = OneWorkspace;
};

/// Files stay.
struct WorkspaceLeave {
  static constexpr std::string_view kMethod = "workspace/leave";
  std::string workspace_id;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
  }
  using Reply = Done;
};

/// The answer for all files that a question is about.
struct WorkspaceAnswer {
  static constexpr std::string_view kMethod = "workspace/answer";
  std::string workspace_id;
  QuestionKind kind = QuestionKind::Deletions;
  bool accept = false;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("kind", self.kind);
    field("accept", self.accept);
  }
  using Reply = Done;
};

struct WorkspaceList {
  static constexpr std::string_view kMethod = "workspace/list";

  static void describe(auto& /*self*/, auto& /*field*/) {}

  struct Reply {
    std::vector<Workspace> workspaces;

    static void describe(auto& self, auto& field) {
      field("workspaces", self.workspaces, List{connect::kMaxWorkspaces});
    }
  };
};

struct WorkspaceInvite {
  static constexpr std::string_view kMethod = "workspace/invite";
  std::string workspace_id;
  Access access;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    Access::describe(self.access, field);
  }
  using Reply = OneInvite;
};

/// Daemon to editor: something in it is another.
struct WorkspaceChanged : OneWorkspace {
  static constexpr std::string_view kMethod = "workspace/changed";
};

/// Daemon to editor: what a person must know.
struct WorkspaceProblem {
  static constexpr std::string_view kMethod = "workspace/problem";
  std::string workspace_id;
  std::string code;
  std::string message;
  std::optional<std::string> uri;
  std::optional<std::string> backup;  ///< where a copy was kept

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("code", self.code, kId);
    field("message", self.message, Text{1, kMaxSentenceBytes});
    field("uri", self.uri, kUri);
    field("backup", self.backup, kUri);
  }
};

enum class ProgressKind : std::uint8_t { Begin, Report, End };

inline constexpr std::array<jsonrpc::EnumName<ProgressKind>, 3> kProgressKinds{{
    {ProgressKind::Begin, "begin"},
    {ProgressKind::Report, "report"},
    {ProgressKind::End, "end"},
}};
constexpr const auto& names_of(ProgressKind /*any*/) noexcept { return kProgressKinds; }

/// Daemon to editor, as in LSP: how far long work has come. Begins have a title.
struct Progress {
  static constexpr std::string_view kMethod = "$/progress";
  struct Value {
    ProgressKind kind = ProgressKind::Report;
    std::optional<std::string> title;
    std::optional<std::string> message;
    std::optional<std::int64_t> percentage;

    static void describe(auto& self, auto& field) {
      field("kind", self.kind);
      field("title", self.title, Line{1, kMaxSentenceBytes});
      field("message", self.message, Line{0, kMaxSentenceBytes});
      field("percentage", self.percentage, Range{0, 100});
    }
  };
  std::string token;  ///< the same for one piece of work
  Value value;

  static void describe(auto& self, auto& field) {
    field("token", self.token, kId);
    field("value", self.value);
  }
};

}  // namespace plait::messages::editor
