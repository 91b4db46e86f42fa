#pragma once

#include <string_view>
#include <vector>

#include "protocol/messages/connect/chat.h"
#include "protocol/messages/editor/types.h"

namespace plait::messages::editor {

using connect::ExportFormat;
using connect::Reaction;

struct ChatAuthor {
  std::string user_id;
  std::string name;
  std::string color;

  static void describe(auto& self, auto& field) {
    field("userId", self.user_id, kId);
    field("name", self.name, Line{1, connect::kMaxNameBytes});
    field("color", self.color, Line{1, 16});
  }
};

/// A place in a file that a message is about.
struct ChatAnchor {
  std::string uri;
  Span range;

  static void describe(auto& self, auto& field) {
    field("uri", self.uri, kUri);
    field("range", self.range);
  }
};

struct ChatMessage {
  std::string id;        ///< what editors call it by
  std::int64_t seq = 0;  ///< its place; 0 while it is pending
  ChatAuthor author;
  std::string text;
  std::int64_t created_at = 0;
  std::optional<std::int64_t> edited_at;
  std::optional<bool> deleted;
  std::optional<std::string> reply_to;  ///< a message's id
  std::optional<ChatAnchor> anchor;
  std::vector<Reaction> reactions;
  std::optional<bool> pending;  ///< the server has not got it yet

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("seq", self.seq);
    field("author", self.author);
    field("text", self.text, Text{0, connect::kMaxChatBytes});
    field("createdAt", self.created_at);
    field("editedAt", self.edited_at);
    field("deleted", self.deleted);
    field("replyTo", self.reply_to, kId);
    field("anchor", self.anchor);
    field("reactions", self.reactions, List{connect::kMaxReactions});
    field("pending", self.pending);
  }
};

struct OneMessage {
  ChatMessage message;

  static void describe(auto& self, auto& field) { field("message", self.message); }
};

struct ChatSend {
  static constexpr std::string_view kMethod = "chat/send";
  std::string workspace_id;
  std::string text;
  std::optional<std::string> reply_to;
  std::optional<ChatAnchor> anchor;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("text", self.text, Text{1, connect::kMaxChatBytes});
    field("replyTo", self.reply_to, kId);
    field("anchor", self.anchor);
  }
  using Reply = OneMessage;
};

/// One's own.
struct ChatEdit {
  static constexpr std::string_view kMethod = "chat/edit";
  std::string workspace_id;
  std::string message_id;
  std::string text;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("messageId", self.message_id, kId);
    field("text", self.text, Text{1, connect::kMaxChatBytes});
  }
  using Reply = OneMessage;
};

/// One's own; an owner's, any.
struct ChatDelete {
  static constexpr std::string_view kMethod = "chat/delete";
  std::string workspace_id;
  std::string message_id;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("messageId", self.message_id, kId);
  }
  using Reply = OneMessage;
};

struct ChatReact {
  static constexpr std::string_view kMethod = "chat/react";
  std::string workspace_id;
  std::string message_id;
  std::string emoji;
  std::optional<bool> remove;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("messageId", self.message_id, kId);
    field("emoji", self.emoji, Line{1, connect::kMaxEmojiBytes});
    field("remove", self.remove);
  }
  using Reply = OneMessage;
};

struct ChatHistory {
  static constexpr std::string_view kMethod = "chat/history";
  std::string workspace_id;
  std::optional<std::int64_t> before;  ///< a seq; absent: the newest
  std::optional<std::int64_t> limit;   ///< absent: 50

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("before", self.before);
    field("limit", self.limit, Range{1, connect::kMaxPageEntries});
  }

  /// The oldest is first.
  struct Reply {
    std::vector<ChatMessage> messages;
    bool more = false;

    static void describe(auto& self, auto& field) {
      field("messages", self.messages,
            List{static_cast<std::size_t>(connect::kMaxPageEntries)});
      field("more", self.more);
    }
  };
};

struct ChatSearch {
  static constexpr std::string_view kMethod = "chat/search";
  std::string workspace_id;
  std::string query;
  std::optional<std::string> author;  ///< a user's id
  std::optional<std::int64_t> since;
  std::optional<std::int64_t> until;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("query", self.query, Line{1, connect::kMaxQueryBytes});
    field("author", self.author, kId);
    field("since", self.since);
    field("until", self.until);
  }

  struct Reply {
    std::vector<ChatMessage> messages;

    static void describe(auto& self, auto& field) {
      field("messages", self.messages,
            List{static_cast<std::size_t>(connect::kMaxPageEntries)});
    }
  };
};

struct ChatExport {
  static constexpr std::string_view kMethod = "chat/export";
  std::string workspace_id;
  ExportFormat format = ExportFormat::Json;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("format", self.format);
  }

  struct Reply {
    std::string content;

    static void describe(auto& self, auto& field) {
      field("content", self.content, Text{0, kMaxExportBytes});
    }
  };
};

/// Editor to daemon: its user writes a message.
struct ChatTyping {
  static constexpr std::string_view kMethod = "chat/typing";
  std::string workspace_id;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
  }
};

/// Editor to daemon: its user has read everything up to here.
struct ChatRead {
  static constexpr std::string_view kMethod = "chat/read";
  std::string workspace_id;
  std::int64_t seq = 0;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("seq", self.seq);
  }
};

/// Daemon to editor: messages that are new or another.
struct ChatChanged {
  static constexpr std::string_view kMethod = "chat/changed";
  std::string workspace_id;
  std::vector<ChatMessage> messages;
  std::int64_t unread = 0;

  static void describe(auto& self, auto& field) {
    field("workspaceId", self.workspace_id, kId);
    field("messages", self.messages, List{static_cast<std::size_t>(connect::kMaxPageEntries)});
    field("unread", self.unread);
  }
};

}  // namespace plait::messages::editor
