#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "daemon/workspace/chat.h"
#include "protocol/messages/editor/limits.h"

// The part of Chat that shows what was said.

namespace plait::workspace {

using jsonrpc::RpcError;

namespace {

constexpr std::int64_t kDefaultPage = 50;

std::optional<std::int64_t> number_in(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  if (error != std::errc() || end != id.data() + id.size() || number < 1) return std::nullopt;
  return number;
}

std::size_t page_size(const connect::ChatHistory& wish) {
  return static_cast<std::size_t>(wish.limit.value_or(kDefaultPage));
}

void react_to(connect::ChatMessage& message, const std::string& user, const ChatDeed& deed) {
  auto at = std::ranges::find(message.reactions, deed.emoji, &connect::Reaction::emoji);
  if (at == message.reactions.end()) {
    if (deed.takes_back) return;
    at = message.reactions.insert(at, {deed.emoji, {}});
  }
  std::erase(at->user_ids, user);
  if (!deed.takes_back) at->user_ids.push_back(user);
  if (at->user_ids.empty()) message.reactions.erase(at);
}

}  // namespace

// Names ---------------------------------------------------------------------------------------

std::string Chat::id_of(const connect::ChatMessage& message) const {
  // Others' clients may have called theirs whatever they like.
  const bool is_ours = message.author.id == person_.id && !number_in(message.id);
  return is_ours ? message.id : std::to_string(message.seq);
}

std::string Chat::id_of(std::int64_t number) const {
  const connect::ChatMessage* const message = cache_.find(number);
  return message == nullptr ? std::to_string(number) : id_of(*message);
}

std::optional<std::int64_t> Chat::number_of(const std::string& id) const {
  if (const auto number = number_in(id)) return number;
  const connect::ChatMessage* const own = cache_.find(person_.id, id);
  return own == nullptr ? std::nullopt : std::optional(own->seq);
}

// Lines ---------------------------------------------------------------------------------------

ChatLine Chat::line_of(const connect::ChatMessage& message) const {
  ChatLine line{message, id_of(message), std::nullopt, false};
  if (message.reply_to) line.reply_to = id_of(*message.reply_to);
  change_line(line);
  return line;
}

ChatLine Chat::line_of(const ChatDeed& sent) const {
  ChatLine line;
  line.message.id = sent.id;
  line.message.author = person_;
  line.message.text = sent.text;
  line.message.created_at = sent.time;
  line.message.anchor = sent.anchor;
  line.id = sent.id;
  line.reply_to = sent.reply_to;
  line.is_pending = true;
  change_line(line);
  return line;
}

std::optional<ChatLine> Chat::line_of(const std::string& id) const {
  if (const auto number = number_of(id)) {
    const connect::ChatMessage* const message = cache_.find(*number);
    return message == nullptr ? std::nullopt : std::optional(line_of(*message));
  }
  for (const Wait& wait : waits_) {
    if (wait.deed.id == id && wait.deed.kind == DeedKind::Send) return line_of(wait.deed);
  }
  return std::nullopt;
}

void Chat::change_line(ChatLine& line) const {
  for (const Wait& wait : waits_) {
    const ChatDeed& deed = wait.deed;
    if (deed.message != line.id || deed.kind == DeedKind::Send) continue;
    line.is_pending = true;
    connect::ChatMessage& message = line.message;
    if (deed.kind == DeedKind::Edit) {
      message.text = deed.text;
      message.edited_at = deed.time;
    } else if (deed.kind == DeedKind::Delete) {
      message.text.clear();
      message.reactions.clear();
      message.deleted = true;
    } else {
      react_to(message, person_.id, deed);
    }
  }
}

ChatPage Chat::page_of(const connect::MessagePage& page) const {
  ChatPage shown;
  for (const connect::ChatMessage& each : page.messages) shown.lines.push_back(line_of(each));
  shown.more = page.more;
  return shown;
}

ChatPage Chat::page_of(const connect::MessagePage& page,
                       const connect::ChatHistory& wish) const {
  ChatPage shown = page_of(page);
  if (wish.before) return shown;
  for (const Wait& wait : waits_) {
    const ChatDeed& deed = wait.deed;
    // What is on the server by now is in the page.
    if (deed.kind != DeedKind::Send || number_of(deed.id)) continue;
    shown.lines.push_back(line_of(deed));
  }
  const std::size_t limit = page_size(wish);
  if (shown.lines.size() > limit) {
    shown.more = true;
    shown.lines.erase(shown.lines.begin(),
                      shown.lines.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return shown;
}

// What is asked for ---------------------------------------------------------------------------

void Chat::history(const connect::ChatHistory& wish, ChatAnswer<ChatPage> then) {
  const connect::MessagePage here = cache_.page(wish.before, page_size(wish));
  const bool is_enough = cache_.is_whole() || here.messages.size() == page_size(wish);
  if (is_enough || !host_.is_chat_online()) return then(page_of(here, wish));
  host_.ask_chat(wish, [this, wish, then = std::move(then)](const auto& outcome) {
    if (const auto* page = std::get_if<connect::MessagePage>(&outcome)) {
      cache_.take(*page, wish.before);
      then(page_of(*page, wish));
    } else {
      then(page_of(cache_.page(wish.before, page_size(wish)), wish));
    }
  });
}

void Chat::search(const connect::ChatSearch& wish, ChatAnswer<ChatPage> then) {
  if (!host_.is_chat_online()) return then(page_of(cache_.search(wish)));
  host_.ask_chat(wish, [this, wish, then = std::move(then)](const auto& outcome) {
    if (const auto* page = std::get_if<connect::MessagePage>(&outcome)) {
      then(page_of(*page));
    } else if (!host_.is_chat_online()) {
      then(page_of(cache_.search(wish)));
    } else {
      then(std::get<RpcError>(outcome));
    }
  });
}

void Chat::write_out(connect::ExportFormat format, ChatAnswer<std::string> then) {
  write_more(format, std::nullopt, {}, std::move(then));
}

void Chat::write_more(connect::ExportFormat format, std::optional<std::int64_t> after,
                      std::string so_far, ChatAnswer<std::string> then) {
  const auto more = [this, format, so_far = std::move(so_far),
                     then = std::move(then)](const auto& outcome) mutable {
    if (const auto* error = std::get_if<RpcError>(&outcome)) return then(*error);
    const auto& piece = std::get<connect::ChatExport::Reply>(outcome);
    so_far += piece.content;
    if (so_far.size() > messages::editor::kMaxExportBytes) {
      then(RpcError{jsonrpc::StandardError::InternalError,
                    "the chat is too long to be exported at once"});
    } else if (piece.next) {
      write_more(format, piece.next, std::move(so_far), std::move(then));
    } else {
      then(std::move(so_far));
    }
  };
  host_.ask_chat(connect::ChatExport{format, after}, more);
}

void Chat::mark_read(std::int64_t number) {
  const std::size_t before = unread();
  const auto& messages = cache_.messages();
  if (messages.empty()) return;
  number = std::min(number, messages.rbegin()->first);
  if (number <= read_to_) return;
  read_to_ = number;
  parts_.store.put_read_marker(workspace_, static_cast<std::uint64_t>(number), {});
  if (unread() != before) host_.chat_changed({});
}

std::size_t Chat::unread() const {
  const auto& messages = cache_.messages();
  return static_cast<std::size_t>(
      std::count_if(messages.upper_bound(read_to_), messages.end(), [&](const auto& at) {
        return at.second.author.id != person_.id && !at.second.deleted.value_or(false);
      }));
}

}  // namespace plait::workspace
