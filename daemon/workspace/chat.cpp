#include "daemon/workspace/chat.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/base/hex.h"
#include "protocol/jsonrpc/fields.h"
#include "protocol/jsonrpc/json.h"
#include "protocol/messages/connect/errors.h"
#include "protocol/messages/editor/errors.h"

namespace plait::workspace {

using connect::ConnectError;
using jsonrpc::RpcError;

namespace {

/// The note with who we are on the server.
constexpr const char* kPersonNote = "chat-person";
/// Of a message, where its author is told what became of it.
constexpr std::size_t kQuotedBytes = 60;

RpcError no_message() {
  return {jsonrpc::StandardError::InvalidParams, "there is no such message"};
}

RpcError no_connection() {
  return connect::rpc_error(ConnectError::Unavailable, "there is no connection to the server");
}

/// Whether the same may be taken another time.
bool is_for_now(const RpcError& error) {
  return error.code == static_cast<std::int64_t>(ConnectError::Unavailable) ||
         error.code == static_cast<std::int64_t>(ConnectError::TooFast) ||
         error.code == static_cast<std::int64_t>(ConnectError::NotReady);
}

/// The beginning of a text, of whole characters.
std::string quoted(std::string_view text) {
  if (text.size() <= kQuotedBytes) return "“" + std::string(text) + "”";
  std::size_t end = kQuotedBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "“" + std::string(text.substr(0, end)) + "…”";
}

/// Nothing of it, if it is none.
template <class T>
T read(std::string_view bytes) {
  auto json = jsonrpc::parse_json(bytes, {.max_bytes = store::kMaxCachedMessageBytes});
  auto value = json ? jsonrpc::read_fields<T>(*json) : Result<T>(forward_error(json));
  return value ? *std::move(value) : T{};
}

template <class T>
std::string written(const T& value) {
  return jsonrpc::write_json(jsonrpc::write_fields(value));
}

}  // namespace

Chat::Chat(std::string workspace, Parts parts, ChatHost& host)
    : workspace_(std::move(workspace)),
      parts_(parts),
      host_(host),
      self_(std::make_shared<Chat*>(this)),
      cache_(parts.store, workspace_),
      patience_(parts.agenda, [this] { be_pending(); }),
      retry_(parts.agenda, [this] { say_next(); }) {}

Chat::~Chat() { *self_ = nullptr; }

void Chat::load(std::function<void(Result<void>)> then) {
  auto failed = std::make_shared<Result<void>>();
  parts_.store.note(workspace_, kPersonNote,
                    [self = self_, failed](Result<std::optional<std::string>> note) {
                      if (!note) *failed = forward_error(note);
                      if (*self == nullptr || !note || !*note) return;
                      (*self)->person_ = read<connect::User>(**note);
                    });
  parts_.store.read_marker(workspace_, [self = self_, failed](Result<std::uint64_t> marker) {
    if (!marker) *failed = forward_error(marker);
    if (*self == nullptr || !marker) return;
    (*self)->read_to_ = static_cast<std::int64_t>(*marker);
  });
  parts_.store.load_outgoing(
      workspace_, [self = self_, failed](Result<std::vector<store::OutgoingMessage>> outbox) {
        if (!outbox) *failed = forward_error(outbox);
        if (*self == nullptr || !outbox) return;
        for (const store::OutgoingMessage& each : *outbox) {
          auto deed = read<ChatDeed>(each.bytes);
          // Of a newer program, perhaps: it is left to that.
          if (deed.id != each.id) continue;
          (*self)->waits_.push_back({std::move(deed), {}, /*stored=*/true, /*told=*/true});
        }
      });
  // The store answers in order, so this is the last.
  cache_.load([self = self_, failed, then = std::move(then)](Result<void> loaded) {
    if (*self == nullptr) return;
    then(*failed ? std::move(loaded) : *failed);
  });
}

// The server's side ---------------------------------------------------------------------------

void Chat::came_online(const connect::User& person, std::optional<std::int64_t> newest) {
  if (std::exchange(person_, person) != person) {
    parts_.store.put_note(workspace_, kPersonNote, written(person), {});
  }
  if (newest) {
    read_to_ = *newest;
    parts_.store.put_read_marker(workspace_, static_cast<std::uint64_t>(*newest), {});
  }
  if (cache_.messages().empty()) ask_for_newest();
  retry_.stop();
  say_next();
}

void Chat::went_offline() { be_pending(); }

void Chat::ask_for_newest() {
  host_.ask_chat(connect::ChatHistory{std::nullopt, connect::kMaxPageEntries},
                 [this](auto outcome) {
                   if (const auto* page = std::get_if<connect::MessagePage>(&outcome)) {
                     cache_.take(*page, std::nullopt);
                   }
                 });
}

void Chat::hear(std::span<const connect::FeedEntry> entries) {
  std::vector<ChatLine> lines;
  for (const connect::FeedEntry& entry : entries) {
    if (!entry.message) continue;
    const connect::ChatMessage& message = *entry.message;
    cache_.take(message);
    Wait wait;
    // Said again after a crash, or sooner here than the server's answer.
    const bool is_own = message.author.id == person_.id;
    if (const auto sent = is_own ? find_wait(message.id) : waits_.end(); sent != waits_.end()) {
      wait = take_out(sent);
    }
    ChatLine line = line_of(message);
    if (wait.then) wait.then(line);
    if (is_news(message) || wait.is_told) lines.push_back(std::move(line));
  }
  if (!lines.empty()) host_.chat_changed(lines);
  say_next();
}

// What is said here ---------------------------------------------------------------------------

std::string Chat::new_id() {
  std::array<std::uint8_t, 16> bytes{};
  parts_.random.fill(bytes);
  return hex_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void Chat::send(std::string text, const std::optional<std::string>& reply_to,
                std::optional<connect::Anchor> anchor, Then then) {
  if (reply_to && !number_of(*reply_to) && find_wait(*reply_to) == waits_.end()) {
    return then(no_message());
  }
  ChatDeed deed;
  deed.id = new_id();
  deed.message = deed.id;
  deed.text = std::move(text);
  deed.reply_to = reply_to;
  deed.anchor = std::move(anchor);
  put(std::move(deed), std::move(then));
}

void Chat::edit(const std::string& id, std::string text, Then then) {
  if (const auto line = line_of(id); line && line->message.author.id != person_.id) {
    return then(
        connect::rpc_error(ConnectError::Forbidden, "somebody else wrote this message"));
  }
  ChatDeed deed;
  deed.kind = DeedKind::Edit;
  deed.message = id;
  deed.text = std::move(text);
  change(std::move(deed), std::move(then));
}

void Chat::remove(const std::string& id, Then then) {
  ChatDeed deed;
  deed.kind = DeedKind::Delete;
  deed.message = id;
  change(std::move(deed), std::move(then));
}

void Chat::react(const std::string& id, std::string emoji, bool remove, Then then) {
  ChatDeed deed;
  deed.kind = DeedKind::React;
  deed.message = id;
  deed.emoji = std::move(emoji);
  deed.takes_back = remove;
  change(std::move(deed), std::move(then));
}

void Chat::change(ChatDeed deed, Then then) {
  const bool is_here = line_of(deed.message).has_value();
  if (!is_here && !number_of(deed.message)) return then(no_message());
  // What is not kept here cannot be shown as it will be.
  if (!is_here && !host_.is_chat_online()) return then(no_connection());
  deed.id = new_id();
  put(std::move(deed), std::move(then));
}

void Chat::put(ChatDeed deed, Then then) {
  if (person_.id.empty()) {
    return then(messages::editor::rpc_error(messages::editor::EditorError::NotJoined,
                                            "this workspace was never reached"));
  }
  deed.time = parts_.clock.wall().ms;
  store::OutgoingMessage row{deed.id, written(deed)};
  waits_.push_back({std::move(deed), std::move(then)});
  parts_.store.put_outgoing(workspace_, row, [self = self_, id = row.id](const auto& result) {
    if (*self != nullptr) (*self)->stored(id, result);
  });
}

void Chat::stored(const std::string& id, const Result<void>& result) {
  const auto at = find_wait(id);
  if (at == waits_.end()) return;
  if (!result) {
    return refused(at, {jsonrpc::StandardError::InternalError, result.error().message});
  }
  at->is_stored = true;
  if (!host_.is_chat_online()) return be_pending();
  if (!patience_.at()) patience_.set(parts_.clock.now() + kChatPatience);
  say_next();
}

/// Whoever waits for an answer gets one, and everybody is shown what waits.
void Chat::be_pending() {
  patience_.stop();
  std::vector<ChatLine> lines;
  std::vector<std::function<void()>> answers;
  for (Wait& wait : waits_) {
    if (!wait.is_stored || !wait.then) continue;
    wait.is_told = true;
    Then then = std::exchange(wait.then, {});
    if (auto line = line_of(wait.deed.message)) {
      answers.push_back([then = std::move(then), line = *line] { then(line); });
      lines.push_back(*std::move(line));
    } else {
      answers.push_back([then = std::move(then)] { then(no_connection()); });
    }
  }
  for (const auto& answer : answers) answer();
  if (!lines.empty()) host_.chat_changed(lines);
}

std::optional<ChatAction> Chat::action_of(const ChatDeed& deed) const {
  if (deed.kind == DeedKind::Send) {
    connect::ChatSend send{deed.id, deed.text, std::nullopt, deed.anchor};
    if (deed.reply_to) send.reply_to = number_of(*deed.reply_to);
    return send;
  }
  const auto number = number_of(deed.message);
  if (!number) return std::nullopt;
  if (deed.kind == DeedKind::Edit) return connect::ChatEdit{*number, deed.text};
  if (deed.kind == DeedKind::Delete) return connect::ChatDelete{*number};
  return connect::ChatReact{*number, deed.emoji,
                            deed.takes_back ? std::optional(true) : std::nullopt};
}

void Chat::say_next() {
  if (is_saying_ || !host_.is_chat_online()) return;
  if (retry_.at() && *retry_.at() > parts_.clock.now()) return;
  std::optional<ChatAction> action;
  while (!action) {
    if (waits_.empty() || !waits_.front().is_stored) return;
    action = action_of(waits_.front().deed);
    if (!action) refused(waits_.begin(), no_message());
  }
  is_saying_ = true;
  host_.act_in_chat(*action, [this, id = waits_.front().deed.id](const auto& answer) {
    is_saying_ = false;
    answered(id, answer);
    say_next();
  });
}

void Chat::answered(const std::string& id,
                    const std::variant<connect::OneMessage, RpcError>& answer) {
  const auto at = find_wait(id);
  if (at == waits_.end()) return;  // the feed was sooner
  if (const auto* error = std::get_if<RpcError>(&answer)) {
    if (is_for_now(*error)) {
      retry_.set(parts_.clock.now() + kChatRetryPause);
    } else {
      refused(at, *error);
    }
    return;
  }
  const connect::ChatMessage& message = std::get<connect::OneMessage>(answer).message;
  cache_.take(message);
  const Wait wait = take_out(at);
  const ChatLine line = line_of(message);
  if (wait.then) wait.then(line);
  if (is_news(message) || wait.is_told) host_.chat_changed({&line, 1});
}

bool Chat::is_news(const connect::ChatMessage& message) {
  const auto known = std::ranges::find(told_, message.seq, &connect::ChatMessage::seq);
  if (known != told_.end()) {
    if (*known == message) return false;
    told_.erase(known);
  }
  told_.push_back(message);
  if (told_.size() > kToldMessages) told_.pop_front();
  return true;
}

void Chat::refused(const Waits::iterator& at, const RpcError& error) {
  const Wait wait = take_out(at);
  const ChatDeed& deed = wait.deed;
  std::vector<Wait> lost;
  if (deed.kind == DeedKind::Send) {
    // What was done to it since goes with it.
    for (auto next = waits_.begin(); next != waits_.end();) {
      if (next->deed.message != deed.id) {
        ++next;
        continue;
      }
      const auto index = next - waits_.begin();
      lost.push_back(take_out(next));
      next = waits_.begin() + index;
    }
  }
  if (wait.is_told) {
    std::optional<ChatLine> line = line_of(deed.message);
    if (deed.kind == DeedKind::Send) {
      line = line_of(deed);
      line->message.text.clear();
      line->message.deleted = true;
      line->is_pending = false;
    }
    if (line) host_.chat_changed({&*line, 1});
  }
  for (const Wait& each : lost) {
    if (each.then) each.then(no_message());
  }
  if (wait.then) return wait.then(error);
  const std::string what = deed.kind == DeedKind::Send
                               ? "The message " + quoted(deed.text) + " was not sent: "
                               : "What you did to a message in the chat was not taken: ";
  host_.chat_refused(what + error.message);
}

Chat::Wait Chat::take_out(const Waits::iterator& at) {
  Wait wait = std::move(*at);
  waits_.erase(at);
  parts_.store.remove_outgoing(workspace_, wait.deed.id, {});
  return wait;
}

Chat::Waits::iterator Chat::find_wait(std::string_view id) {
  return std::ranges::find_if(waits_, [&](const Wait& wait) { return wait.deed.id == id; });
}

}  // namespace plait::workspace
