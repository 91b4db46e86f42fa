#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/editor/types.h"

namespace plait::messages::editor {

// An open document has an epoch, new on each open and resync, and two counters from 0 on: `seq`
// counts the daemon's edits that the editor has applied, `rev` the editor's.

/// What answers an editor that says what its buffer holds.
struct Opened {
  std::int64_t epoch = 0;
  bool read_only = false;
  std::optional<std::string> text;  ///< what the buffer has to hold first

  static void describe(auto& self, auto& field) {
    field("epoch", self.epoch);
    field("readOnly", self.read_only);
    field("text", self.text, Text{0, kMaxTextBytes});
  }
};

struct DocumentOpen {
  static constexpr std::string_view kMethod = "document/open";
  std::string uri;
  std::string text;
  std::optional<bool> modified;  ///< the buffer has changes that are in no file

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("text", self.text, Text{0, kMaxTextBytes});
    field("modified", self.modified);
  }
  using Reply = Opened;
};

/// Editor to daemon. Edits apply one after another.
struct DocumentEdit {
  static constexpr std::string_view kMethod = "document/edit";
  std::string uri;
  std::int64_t epoch = 0;
  std::int64_t rev = 0;  ///< this edit's own number
  std::int64_t seq = 0;  ///< the last edit of the daemon's that was applied before it
  std::vector<Edit> edits;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("epoch", self.epoch);
    field("rev", self.rev);
    field("seq", self.seq);
    field("edits", self.edits, List{kMaxEdits});
  }
};

/// Daemon to editor. Applied if `rev` is the editor's own counter and `seq` its own plus one;
/// dropped otherwise, since the daemon sends it again.
struct DocumentApply {
  static constexpr std::string_view kMethod = "document/apply";
  std::string uri;
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  std::int64_t rev = 0;
  std::vector<Edit> edits;
  std::optional<std::string> author;  ///< a participant's id

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("epoch", self.epoch);
    field("seq", self.seq);
    field("rev", self.rev);
    field("edits", self.edits, List{kMaxEdits});
    field("author", self.author, kId);
  }
};

/// Daemon to editor, after quiet: what the text's hash is at these counters.
struct DocumentVerify {
  static constexpr std::string_view kMethod = "document/verify";
  std::string uri;
  std::int64_t epoch = 0;
  std::int64_t seq = 0;
  std::int64_t rev = 0;
  Digest sha256;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("epoch", self.epoch);
    field("seq", self.seq);
    field("rev", self.rev);
    field("sha256", self.sha256);
  }
};

enum class StaleReason : std::uint8_t {
  ReadOnly,
  Counters,
  Position,
  Refused,
  Access,
  Restarted
};

inline constexpr std::array<jsonrpc::EnumName<StaleReason>, 6> kStaleReasons{{
    {StaleReason::ReadOnly, "readOnly"},    ///< it was edited, which its user may not do
    {StaleReason::Counters, "counters"},    ///< an edit's epoch, rev or seq cannot be
    {StaleReason::Position, "position"},    ///< an edit is to another text
    {StaleReason::Refused, "refused"},      ///< an edit could not be done to the document
    {StaleReason::Access, "access"},        ///< `readOnly` is not what it was
    {StaleReason::Restarted, "restarted"},  ///< the daemon is another process
}};
constexpr const auto& names_of(StaleReason /*any*/) noexcept { return kStaleReasons; }

/// Daemon to editor: nothing is known any more of what its buffer holds. It has to call
/// `document/resync`; its edits are not looked at until then.
struct DocumentStale {
  static constexpr std::string_view kMethod = "document/stale";
  std::string uri;
  std::int64_t epoch = 0;
  StaleReason reason = StaleReason::Counters;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("epoch", self.epoch);
    field("reason", self.reason);
  }
};

/// The last edit of the daemon's that the editor has applied, and of which epoch; what an
/// editor may say beside something else.
struct Applied {
  std::optional<std::int64_t> epoch;
  std::optional<std::int64_t> seq;

  static void describe(auto& self, auto& field) {
    field("epoch", self.epoch);
    field("seq", self.seq);
  }
};

struct DocumentResync {
  static constexpr std::string_view kMethod = "document/resync";
  std::string uri;
  std::string text;
  Applied applied;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("text", self.text, Text{0, kMaxTextBytes});
    Applied::describe(self.applied, field);
  }
  using Reply = Opened;
};

/// What is about one document and nothing more.
struct OneDocument {
  std::string uri;

  static void describe(auto& self, auto& field) { field("uri", self.uri, kUri); }
};

/// Editor to daemon: it has written the file.
struct DocumentSave {
  static constexpr std::string_view kMethod = "document/save";
  std::string uri;
  Applied applied;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    Applied::describe(self.applied, field);
  }
};

/// Editor to daemon.
struct DocumentClose : OneDocument {
  static constexpr std::string_view kMethod = "document/close";
};

/// What answers undo and redo; the text arrives as `document/apply`.
struct Undone {
  bool changed = false;
  std::optional<Selection> selection;

  static void describe(auto& self, auto& field) {
    field("changed", self.changed);
    field("selection", self.selection);
  }
};

struct DocumentUndo : OneDocument {
  static constexpr std::string_view kMethod = "document/undo";
  using Reply = Undone;
};

struct DocumentRedo : OneDocument {
  static constexpr std::string_view kMethod = "document/redo";
  using Reply = Undone;
};

}  // namespace plait::messages::editor
