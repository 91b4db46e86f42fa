#include "daemon/server/feed_words.h"

#include "daemon/server/activity.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/json.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;

/// Names, numbers and JSON around what is counted.
constexpr std::size_t kMessageBytes = 512;
constexpr std::size_t kReactionBytes = 64;

std::int64_t to_json_number(std::uint64_t sequence) {
  return static_cast<std::int64_t>(sequence);
}

std::optional<connect::Anchor> read_anchor(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto json = jsonrpc::parse_json(text, {.max_bytes = store::kMaxAnchorBytes});
  if (!json) return std::nullopt;
  auto anchor = jsonrpc::read_fields<connect::Anchor>(*json, "anchor");
  if (!anchor) return std::nullopt;
  return *std::move(anchor);
}

std::string_view kind_of(store::FeedKind kind) {
  switch (kind) {
    case store::FeedKind::Posted: return "chatPosted";
    case store::FeedKind::Edited: return "chatEdited";
    case store::FeedKind::Deleted: return "chatDeleted";
    case store::FeedKind::Reacted: return "chatReacted";
    case store::FeedKind::Activity: break;
  }
  return "unknown";
}

}  // namespace

connect::ChatMessage FeedWords::message(const store::Message& stored) const {
  connect::ChatMessage said;
  said.seq = to_json_number(stored.sequence);
  said.id = stored.nonce;
  said.author = user(stored.author);
  said.text = stored.text;
  said.created_at = stored.time.ms;
  if (stored.edited && !stored.deleted) said.edited_at = stored.edited->ms;
  if (stored.deleted) said.deleted = true;
  if (stored.reply_to) said.reply_to = to_json_number(*stored.reply_to);
  said.anchor = read_anchor(stored.anchor);
  for (const store::Reaction& reaction : stored.reactions) {
    said.reactions.push_back({reaction.emoji, reaction.members});
  }
  return said;
}

connect::FeedEntry FeedWords::entry(const store::FeedEntry& stored) const {
  connect::FeedEntry entry;
  entry.seq = to_json_number(stored.sequence);
  entry.time = stored.time.ms;
  if (!stored.member.empty()) entry.actor = user(stored.member);
  entry.kind = kind_of(stored.kind);
  if (stored.message) entry.message = message(*stored.message);
  if (stored.kind != store::FeedKind::Activity) return entry;
  auto words = read_activity(stored.body);
  if (!words) return entry;  // by a newer program: clients pass over what they do not know
  entry.kind = std::move(words->kind);
  if (words->user) entry.user = user(*words->user);
  entry.role = words->role;
  entry.path = std::move(words->path);
  entry.former_path = std::move(words->former_path);
  return entry;
}

std::string write_anchor(const std::optional<connect::Anchor>& anchor) {
  return anchor ? jsonrpc::write_json(jsonrpc::write_fields(*anchor)) : std::string();
}

std::size_t page_bytes(const store::Message& message) {
  std::size_t bytes = kMessageBytes + message.text.size() + message.anchor.size();
  for (const store::Reaction& reaction : message.reactions) {
    bytes += kReactionBytes * (reaction.members.size() + 1);
  }
  return bytes;
}

std::size_t page_bytes(const store::FeedEntry& entry) {
  return kMessageBytes + entry.body.size() + (entry.message ? page_bytes(*entry.message) : 0);
}

}  // namespace plait::server
