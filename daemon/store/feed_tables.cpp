#include "daemon/store/feed_tables.h"

#include <string>
#include <tuple>
#include <utility>

#include "daemon/store/documents.h"
#include "daemon/store/limits.h"
#include "daemon/store/search_words.h"

namespace plait::store {

namespace {

Result<void> check_names(std::string_view workspace, std::string_view member) {
  if (auto ok = check_at_most("a workspace id", workspace.size(), kMaxWorkspaceIdBytes); !ok) {
    return ok;
  }
  return check_at_most("a member's id", member.size(), kMaxFeedNameBytes);
}

/// The only row of a statement that answers with one.
Result<std::uint64_t> only_count(Cursor row) {
  std::uint64_t count = 0;
  while (row.next()) count = row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return count;
}

}  // namespace

// --- Writing -----------------------------------------------------------------------------

Result<std::uint64_t> FeedTables::add_entry(const Entry& entry) {
  return only_count(database_.query(
      "INSERT INTO feed (workspace, sequence, time, member, kind, message, body, nonce) "
      "VALUES (?1, (SELECT coalesce(max(sequence), 0) + 1 FROM feed WHERE workspace = ?1), "
      "?2, ?3, ?4, ?5, ?6, ?7) RETURNING sequence",
      entry.workspace, entry.time, entry.member, static_cast<int>(entry.kind), entry.message,
      entry.body, entry.nonce));
}

Result<std::uint64_t> FeedTables::add_entry(const MessageAction& action, FeedKind kind) {
  if (auto ok = check_names(action.workspace, action.member); !ok) return forward_error(ok);
  return add_entry({action.workspace, action.member, action.time, kind, "", action.message});
}

Result<Posted> FeedTables::post(const NewMessage& message) {
  if (auto ok = check_names(message.workspace, message.author); !ok) return forward_error(ok);
  for (const auto& [what, size, limit] :
       {std::tuple{"a nonce", message.nonce.size(), kMaxFeedNameBytes},
        std::tuple{"a message", message.text.size(), kMaxMessageBytes},
        std::tuple{"an anchor", message.anchor.size(), kMaxAnchorBytes}}) {
    if (auto ok = check_at_most(what, size, limit); !ok) return forward_error(ok);
  }
  auto known = only_count(database_.query(
      "SELECT sequence FROM messages WHERE workspace = ? AND author = ? AND nonce = ?",
      message.workspace, message.author, message.nonce));
  if (!known) return forward_error(known);
  if (*known != 0) return Posted{*known, /*is_new=*/false};
  if (message.reply_to) {
    auto original = this->message(message.workspace, *message.reply_to);
    if (!original) return forward_error(original);
  }
  auto sequence =
      add_entry({message.workspace, message.author, message.time, FeedKind::Posted});
  if (!sequence) return forward_error(sequence);
  auto done = database_.run(
      "INSERT INTO messages (workspace, sequence, author, time, nonce, reply_to, anchor) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      message.workspace, *sequence, message.author, message.time, message.nonce,
      message.reply_to, message.anchor);
  if (!done) return forward_error(done);
  done = database_.run("INSERT INTO message_text (rowid, text) VALUES (?, ?)",
                       database_.last_rowid(), message.text);
  if (!done) return forward_error(done);
  return Posted{*sequence, /*is_new=*/true};
}

Result<FeedTables::Target> FeedTables::target(const MessageAction& action) {
  Cursor row = database_.query(
      "SELECT id, deleted, author FROM messages WHERE workspace = ? AND sequence = ?",
      action.workspace, action.message);
  if (!row.next()) {
    if (auto status = row.status(); !status) return forward_error(status);
    return fail(ErrorCode::NotFound, "there is no such message");
  }
  if (action.own_only && row.bytes(2) != action.member) {
    return fail(ErrorCode::Refused, "the message is somebody else's");
  }
  return Target{row.integer(0), row.flag(1)};
}

Result<std::int64_t> FeedTables::living(const MessageAction& action) {
  auto found = target(action);
  if (!found) return forward_error(found);
  if (found->deleted) return fail(ErrorCode::NotFound, "the message was deleted");
  return found->id;
}

Result<std::uint64_t> FeedTables::edit(const MessageAction& action, std::string_view text) {
  if (auto ok = check_at_most("a message", text.size(), kMaxMessageBytes); !ok) {
    return forward_error(ok);
  }
  auto id = living(action);
  if (!id) return forward_error(id);
  auto same = only_count(database_.query(
      "SELECT count(*) FROM message_text WHERE rowid = ? AND text = ?", *id, text));
  if (!same) return forward_error(same);
  if (*same != 0) return std::uint64_t{0};
  auto done = database_.run("UPDATE message_text SET text = ? WHERE rowid = ?", text, *id);
  if (done) {
    done = database_.run("UPDATE messages SET edited = ? WHERE id = ?", action.time, *id);
  }
  if (!done) return forward_error(done);
  return add_entry(action, FeedKind::Edited);
}

Result<std::uint64_t> FeedTables::remove(const MessageAction& action) {
  auto found = target(action);
  if (!found) return forward_error(found);
  if (found->deleted) return std::uint64_t{0};
  const std::int64_t id = found->id;
  auto done = database_.run("DELETE FROM message_text WHERE rowid = ?", id);
  if (done) done = database_.run("DELETE FROM reactions WHERE message = ?", id);
  if (done) {
    done = database_.run("UPDATE messages SET deleted = 1, anchor = '' WHERE id = ?", id);
  }
  if (!done) return forward_error(done);
  return add_entry(action, FeedKind::Deleted);
}

Result<std::uint64_t> FeedTables::react(const MessageAction& action, std::string_view emoji,
                                        bool on) {
  if (auto ok = check_at_most("an emoji", emoji.size(), kMaxEmojiBytes); !ok) {
    return forward_error(ok);
  }
  auto id = living(action);
  if (!id) return forward_error(id);
  if (on) {
    auto reactions =
        only_count(database_.query("SELECT count(*) FROM reactions WHERE message = ?", *id));
    if (!reactions) return forward_error(reactions);
    auto ok = check_at_most("reactions", *reactions + 1, kMaxReactions);
    if (!ok) return forward_error(ok);
    auto others = only_count(database_.query(
        "SELECT count(DISTINCT emoji) FROM reactions WHERE message = ? AND emoji <> ?", *id,
        emoji));
    if (!others) return forward_error(others);
    ok = check_at_most("different reactions", *others + 1, kMaxDifferentReactions);
    if (!ok) return forward_error(ok);
  }
  auto done = on ? database_.run(
                       "INSERT INTO reactions (message, emoji, member) "
                       "VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                       *id, emoji, action.member)
                 : database_.run(
                       "DELETE FROM reactions WHERE message = ? AND emoji = ? AND "
                       "member = ?",
                       *id, emoji, action.member);
  if (!done) return forward_error(done);
  if (database_.changes() == 0) return std::uint64_t{0};
  return add_entry(action, FeedKind::Reacted);
}

Result<std::uint64_t> FeedTables::add_activity(const Activity& activity) {
  if (auto ok = check_names(activity.workspace, activity.member); !ok) return forward_error(ok);
  if (auto ok = check_at_most("an activity", activity.body.size(), kMaxBodyBytes); !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("a nonce", activity.nonce.size(), kMaxFeedNameBytes); !ok) {
    return forward_error(ok);
  }
  if (!activity.nonce.empty()) {
    Cursor row = database_.query(
        "SELECT sequence, body FROM feed WHERE workspace = ? AND member = ? AND nonce = ? "
        "AND nonce <> ''",
        activity.workspace, activity.member, activity.nonce);
    if (row.next()) {
      if (row.bytes(1) == activity.body) return row.count(0);
      return fail(ErrorCode::Refused, "the id was used for something else");
    }
    if (auto status = row.status(); !status) return forward_error(status);
  }
  return add_entry({activity.workspace, activity.member, activity.time, FeedKind::Activity,
                    activity.body, std::nullopt, activity.nonce});
}

// --- Reading -----------------------------------------------------------------------------

Result<Message> FeedTables::read_message(const Cursor& row) {
  Message message;
  message.sequence = row.count(1);
  message.author = row.text(2);
  message.time = row.time(3);
  message.nonce = row.text(4);
  message.text = row.text(5);
  if (!row.is_null(6)) message.edited = row.time(6);
  message.deleted = row.flag(7);
  if (!row.is_null(8)) message.reply_to = row.count(8);
  message.anchor = row.text(9);
  Cursor reaction = database_.query(
      "SELECT emoji, member FROM reactions WHERE message = ? ORDER BY emoji, member",
      row.integer(0));
  while (reaction.next()) {
    std::string emoji = reaction.text(0);
    if (message.reactions.empty() || message.reactions.back().emoji != emoji) {
      message.reactions.push_back({std::move(emoji), {}});
    }
    message.reactions.back().members.push_back(reaction.text(1));
  }
  if (auto status = reaction.status(); !status) return forward_error(status);
  return message;
}

Result<Message> FeedTables::message(std::string_view workspace, std::uint64_t sequence) {
  Cursor row = database_.query(
      "SELECT id, sequence, author, time, nonce, text, edited, deleted, reply_to, anchor "
      "FROM messages LEFT JOIN message_text ON message_text.rowid = id "
      "WHERE workspace = ? AND sequence = ?",
      workspace, sequence);
  if (row.next()) return read_message(row);
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::NotFound, "there is no such message");
}

Result<std::vector<Message>> FeedTables::messages_before(std::string_view workspace,
                                                         std::uint64_t before,
                                                         std::size_t limit) {
  if (auto ok = check_at_most("a page", limit, kMaxPage); !ok) return forward_error(ok);
  std::vector<Message> page;
  Cursor row = database_.query(
      "SELECT id, sequence, author, time, nonce, text, edited, deleted, reply_to, anchor "
      "FROM messages LEFT JOIN message_text ON message_text.rowid = id "
      "WHERE workspace = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
      workspace, before, std::uint64_t{limit});
  while (row.next()) {
    auto message = read_message(row);
    if (!message) return forward_error(message);
    page.push_back(*std::move(message));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return page;
}

Result<std::uint64_t> FeedTables::newest(std::string_view workspace) {
  return only_count(database_.query(
      "SELECT coalesce(max(sequence), 0) FROM feed WHERE workspace = ?", workspace));
}

Result<std::vector<FeedEntry>> FeedTables::since(std::string_view workspace,
                                                 std::uint64_t after, std::size_t limit) {
  if (auto ok = check_at_most("a page", limit, kMaxPage); !ok) return forward_error(ok);
  std::vector<FeedEntry> entries;
  Cursor row = database_.query(
      "SELECT sequence, time, member, kind, message, body FROM feed "
      "WHERE workspace = ? AND sequence > ? ORDER BY sequence LIMIT ?",
      workspace, after, std::uint64_t{limit});
  while (row.next()) {
    FeedEntry entry{row.count(0), row.time(1),
                    row.text(2),  FeedKind{static_cast<std::uint8_t>(row.count(3))},
                    row.text(5),  {}};
    if (entry.kind != FeedKind::Activity) {
      const bool is_its_own = entry.kind == FeedKind::Posted;
      auto message = this->message(workspace, is_its_own ? entry.sequence : row.count(4));
      if (!message) return forward_error(message);
      entry.message = *std::move(message);
    }
    entries.push_back(std::move(entry));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return entries;
}

Result<std::vector<Message>> FeedTables::search(const Search& search) {
  if (auto ok = check_at_most("a page", search.limit, kMaxPage); !ok) return forward_error(ok);
  auto words = fts_query(search.words);
  if (!words) return forward_error(words);
  std::vector<Message> found;
  // Ids ascend with time, so FTS5 walks backwards and stops when the page is full.
  Cursor row = database_.query(
      "SELECT id, sequence, author, time, nonce, text, edited, deleted, reply_to, anchor "
      "FROM message_text JOIN messages ON id = message_text.rowid "
      "WHERE message_text MATCH ?1 AND workspace = ?2 AND (?3 IS NULL OR author = ?3) "
      "AND (?4 IS NULL OR time >= ?4) AND (?5 IS NULL OR time < ?5) "
      "AND (?6 IS NULL OR sequence < ?6) ORDER BY message_text.rowid DESC LIMIT ?7",
      *words, search.workspace, search.author, search.from, search.until, search.before,
      std::uint64_t{search.limit});
  while (row.next()) {
    auto message = read_message(row);
    if (!message) return forward_error(message);
    found.push_back(*std::move(message));
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return found;
}

// --- Audit -------------------------------------------------------------------------------

Result<std::uint64_t> FeedTables::add_audit(const AuditEntry& entry) {
  if (auto ok = check_names(entry.workspace, entry.actor); !ok) return forward_error(ok);
  if (auto ok = check_at_most("an action", entry.action.size(), kMaxFeedNameBytes); !ok) {
    return forward_error(ok);
  }
  if (auto ok = check_at_most("an audit entry", entry.body.size(), kMaxBodyBytes); !ok) {
    return forward_error(ok);
  }
  return only_count(database_.query(
      "INSERT INTO audit (workspace, sequence, time, actor, action, body) VALUES (?1, "
      "(SELECT coalesce(max(sequence), 0) + 1 FROM audit WHERE workspace = ?1), ?2, ?3, ?4, "
      "?5) "
      "RETURNING sequence",
      entry.workspace, entry.time, entry.actor, entry.action, entry.body));
}

Result<std::vector<AuditEntry>> FeedTables::audit_before(std::string_view workspace,
                                                         std::uint64_t before,
                                                         std::size_t limit) {
  if (auto ok = check_at_most("a page", limit, kMaxPage); !ok) return forward_error(ok);
  std::vector<AuditEntry> page;
  Cursor row = database_.query(
      "SELECT sequence, workspace, time, actor, action, body FROM audit "
      "WHERE workspace = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?",
      workspace, before, std::uint64_t{limit});
  while (row.next()) {
    page.push_back(
        {row.count(0), row.text(1), row.time(2), row.text(3), row.text(4), row.text(5)});
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return page;
}

}  // namespace plait::store
