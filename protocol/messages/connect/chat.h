#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "protocol/messages/connect/types.h"

namespace plait::messages::connect {

/// A part of a document that a message is about.
struct Anchor {
  std::string document;
  Selection range;

  static void describe(auto& self, auto& field) {
    field("document", self.document, kId);
    field("range", self.range);
  }
  bool operator==(const Anchor&) const noexcept = default;
};

struct Reaction {
  std::string emoji;
  std::vector<std::string> user_ids;

  static void describe(auto& self, auto& field) {
    field("emoji", self.emoji, Line{1, kMaxEmojiBytes});
    field("userIds", self.user_ids, List{kMaxMembers, kId});
  }
  bool operator==(const Reaction&) const noexcept = default;
};

/// A chat message as it is now.
struct ChatMessage {
  std::int64_t seq = 0;  ///< of the feed entry that posted it; what others call it by
  std::string id;        ///< made by its author's client
  User author;
  std::string text;  ///< plain; empty if it was deleted
  std::int64_t created_at = 0;
  std::optional<std::int64_t> edited_at;
  std::optional<bool> deleted;
  std::optional<std::int64_t> reply_to;
  std::optional<Anchor> anchor;
  std::vector<Reaction> reactions;

  static void describe(auto& self, auto& field) {
    field("seq", self.seq);
    field("id", self.id, kId);
    field("author", self.author);
    field("text", self.text, Text{0, kMaxChatBytes});
    field("createdAt", self.created_at);
    field("editedAt", self.edited_at);
    field("deleted", self.deleted);
    field("replyTo", self.reply_to, Range{1});
    field("anchor", self.anchor);
    field("reactions", self.reactions, List{kMaxReactions});
  }
  bool operator==(const ChatMessage&) const noexcept = default;
};

/// What answers everything that makes or changes one message.
struct OneMessage {
  ChatMessage message;

  static void describe(auto& self, auto& field) { field("message", self.message); }
};

/// What answers a question for messages. The oldest is first.
struct MessagePage {
  std::vector<ChatMessage> messages;
  bool more = false;  ///< older ones

  static void describe(auto& self, auto& field) {
    field("messages", self.messages, List{static_cast<std::size_t>(kMaxPageEntries)});
    field("more", self.more);
  }
};

/// Again, with the same id and content: the same message, and nothing is made.
struct ChatSend {
  static constexpr std::string_view kMethod = "chat/send";
  std::string id;  ///< made by the client, for this message alone
  std::string text;
  std::optional<std::int64_t> reply_to;
  std::optional<Anchor> anchor;

  static void describe(auto& self, auto& field) {
    field("id", self.id, kId);
    field("text", self.text, Text{1, kMaxChatBytes});
    field("replyTo", self.reply_to, Range{1});
    field("anchor", self.anchor);
  }
  using Reply = OneMessage;
};

/// One's own. The same text again changes nothing.
struct ChatEdit {
  static constexpr std::string_view kMethod = "chat/edit";
  std::int64_t seq = 0;
  std::string text;

  static void describe(auto& self, auto& field) {
    field("seq", self.seq, Range{1});
    field("text", self.text, Text{1, kMaxChatBytes});
  }
  using Reply = OneMessage;
};

/// One's own; an owner's, any. Again: nothing.
struct ChatDelete {
  static constexpr std::string_view kMethod = "chat/delete";
  std::int64_t seq = 0;

  static void describe(auto& self, auto& field) { field("seq", self.seq, Range{1}); }
  using Reply = OneMessage;
};

struct ChatReact {
  static constexpr std::string_view kMethod = "chat/react";
  std::int64_t seq = 0;
  std::string emoji;
  std::optional<bool> remove;

  static void describe(auto& self, auto& field) {
    field("seq", self.seq, Range{1});
    field("emoji", self.emoji, Line{1, kMaxEmojiBytes});
    field("remove", self.remove);
  }
  using Reply = OneMessage;
};

struct ChatHistory {
  static constexpr std::string_view kMethod = "chat/history";
  std::optional<std::int64_t> before;  ///< a seq; absent: the newest
  std::optional<std::int64_t> limit;   ///< absent: 50

  static void describe(auto& self, auto& field) {
    field("before", self.before);
    field("limit", self.limit, Range{1, kMaxPageEntries});
  }
  using Reply = MessagePage;
};

/// Messages with all the words of the query, the last of which may go on.
struct ChatSearch {
  static constexpr std::string_view kMethod = "chat/search";
  std::string query;
  std::optional<std::string> author;   ///< a user's id
  std::optional<std::int64_t> since;   ///< a time, inclusive
  std::optional<std::int64_t> until;   ///< a time, exclusive
  std::optional<std::int64_t> before;  ///< as in ChatHistory
  std::optional<std::int64_t> limit;

  static void describe(auto& self, auto& field) {
    field("query", self.query, Line{1, kMaxQueryBytes});
    field("author", self.author, kId);
    field("since", self.since);
    field("until", self.until);
    field("before", self.before);
    field("limit", self.limit, Range{1, kMaxPageEntries});
  }
  using Reply = MessagePage;
};

enum class ExportFormat : std::uint8_t { Json, Csv, Text };

inline constexpr std::array<jsonrpc::EnumName<ExportFormat>, 3> kExportFormats{{
    {ExportFormat::Json, "json"},
    {ExportFormat::Csv, "csv"},
    {ExportFormat::Text, "txt"},
}};
constexpr const auto& names_of(ExportFormat /*any*/) noexcept { return kExportFormats; }

/// All of the chat, in pieces that are joined as they are.
struct ChatExport {
  static constexpr std::string_view kMethod = "chat/export";
  ExportFormat format = ExportFormat::Json;
  std::optional<std::int64_t> after;  ///< what the piece before gave as `next`

  static void describe(auto& self, auto& field) {
    field("format", self.format);
    field("after", self.after);
  }

  struct Reply {
    std::string content;
    std::optional<std::int64_t> next;  ///< absent: this was the last piece

    static void describe(auto& self, auto& field) {
      field("content", self.content, Text{0, 2 * kMaxPageBytes});
      field("next", self.next);
    }
  };
};

/// Client to server: is writing a message. Holds for six seconds.
struct ChatTyping {
  static constexpr std::string_view kMethod = "chat/typing";

  static void describe(auto& /*self*/, auto& /*field*/) {}
};

}  // namespace plait::messages::connect
