#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/support/clock.h"

namespace plait::store {

/// The feed: what happens in a workspace, in one order. Every entry has a sequence number,
/// counted from 1 without gaps.
///
/// A chat message is named by the sequence number of the entry that posted it. An entry says
/// that something happened to a message, and comes with the message as it is now: what was
/// edited away or deleted is stored nowhere.

/// The members who reacted with one emoji, in the order of their ids.
struct Reaction {
  std::string emoji;
  std::vector<std::string> members;
  bool operator==(const Reaction&) const = default;
};

struct Message {
  std::uint64_t sequence = 0;
  std::string author;
  WallTime time;
  /// Chosen by the client, so that a message sent twice is posted once.
  std::string nonce;
  /// Empty once deleted.
  std::string text;
  std::optional<WallTime> edited;
  bool deleted = false;
  std::optional<std::uint64_t> reply_to;
  /// Where in a document it belongs, in the server's words; empty if nowhere.
  std::string anchor;
  /// In the order of the emoji's bytes.
  std::vector<Reaction> reactions;
  bool operator==(const Message&) const = default;
};

struct NewMessage {
  std::string workspace;
  std::string author;
  WallTime time;
  std::string nonce;
  std::string text;
  std::optional<std::uint64_t> reply_to;
  std::string anchor;
};

/// What an author gets for a message.
struct Posted {
  std::uint64_t sequence = 0;
  /// False if this nonce of this author was posted before; nothing was changed then.
  bool is_new = true;
};

/// Who does something to a message, and when. Whether they may is the caller's question, but
/// for whose message it is.
struct MessageAction {
  std::string workspace;
  std::uint64_t message = 0;
  std::string member;
  WallTime time;
  /// Refused if somebody else wrote the message.
  bool own_only = false;
};

enum class FeedKind : std::uint8_t {
  Posted = 1,
  Edited = 2,
  Deleted = 3,
  Reacted = 4,    ///< a reaction came or went
  Activity = 16,  ///< joined, left, a file renamed: in `body`, in the server's words
};

struct FeedEntry {
  std::uint64_t sequence = 0;
  WallTime time;
  std::string member;
  FeedKind kind = FeedKind::Activity;
  /// Of an activity only.
  std::string body;
  /// Of all others: the message as it is now.
  std::optional<Message> message;
};

struct Activity {
  std::string workspace;
  std::string member;
  WallTime time;
  std::string body;
  /// Chosen by the client, so that what is recorded twice happened once. Empty: none.
  std::string nonce = {};
};

/// The newest entry of a workspace's feed, 0 if there is none yet, and which life of the
/// database it is of.
struct FeedHead {
  std::uint64_t generation = 0;
  std::uint64_t sequence = 0;
};

struct Search {
  std::string workspace;
  /// Words that all have to be there, the last one may go on. Nothing in it is an operator.
  std::string words;
  std::optional<std::string> author;
  std::optional<WallTime> from;   ///< inclusive
  std::optional<WallTime> until;  ///< exclusive
  /// Only messages before this one; nothing for the newest.
  std::optional<std::uint64_t> before;
  std::size_t limit = 50;
};

/// What owners can read about who did what. Numbered like the feed, apart from it.
struct AuditEntry {
  std::uint64_t sequence = 0;
  std::string workspace;
  WallTime time;
  std::string actor;
  std::string action;
  std::string body;
};

/// Of ids, nonces, actions.
inline constexpr std::size_t kMaxFeedNameBytes = 256;
inline constexpr std::size_t kMaxMessageBytes = std::size_t{16} << 10;
inline constexpr std::size_t kMaxAnchorBytes = 1024;
inline constexpr std::size_t kMaxEmojiBytes = 64;
/// Different emoji times members, on one message, and different emoji.
inline constexpr std::size_t kMaxReactions = 1000;
inline constexpr std::size_t kMaxDifferentReactions = 32;
/// Two paths, each byte of which may be written as two in JSON.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{17} << 10;
/// Entries or messages in one answer.
inline constexpr std::size_t kMaxPage = 500;
inline constexpr std::size_t kMaxSearchBytes = 256;
inline constexpr std::size_t kMaxSearchWords = 16;

}  // namespace plait::store
