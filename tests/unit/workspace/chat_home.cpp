#include "tests/unit/workspace/chat_home.h"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "protocol/messages/connect/errors.h"

namespace plait::workspace {

using connect::ConnectError;
using jsonrpc::RpcError;

// The town ------------------------------------------------------------------------------------

ChatTown::Answer ChatTown::tell(const std::string& kind, connect::ChatMessage& message) {
  connect::FeedEntry entry;
  entry.seq = static_cast<std::int64_t>(feed.size()) + 1;
  entry.kind = kind;
  if (kind == "chatPosted") message.seq = entry.seq;
  entry.message = message;
  feed.push_back(entry);
  return connect::OneMessage{message};
}

ChatTown::Answer ChatTown::act(const std::string& author, const ChatAction& action) {
  if (refusal) return *refusal;
  if (const auto* send = std::get_if<connect::ChatSend>(&action)) {
    for (const auto& each : messages_) {
      if (each.id == send->id && each.author.id == author) return connect::OneMessage{each};
    }
    connect::ChatMessage message;
    message.id = send->id;
    message.author = {author, author, "#111111"};
    message.text = send->text;
    message.reply_to = send->reply_to;
    message.anchor = send->anchor;
    return tell("chatPosted", messages_.emplace_back(message));
  }
  const std::int64_t number = std::visit(
      []<class M>(const M& each) -> std::int64_t {
        if constexpr (requires { each.seq; }) return each.seq;
        return 0;
      },
      action);
  const auto at = std::ranges::find(messages_, number, &connect::ChatMessage::seq);
  if (at == messages_.end()) return connect::rpc_error(ConnectError::NotFound, "none");
  if (const auto* edit = std::get_if<connect::ChatEdit>(&action)) {
    if (at->text == edit->text) return connect::OneMessage{*at};
    at->text = edit->text;
    at->edited_at = 2'000;
    return tell("chatEdited", *at);
  }
  if (std::holds_alternative<connect::ChatDelete>(action)) {
    if (at->deleted) return connect::OneMessage{*at};
    at->text.clear();
    at->deleted = true;
    return tell("chatDeleted", *at);
  }
  const auto& react = std::get<connect::ChatReact>(action);
  at->reactions = {{react.emoji, {author}}};
  return tell("chatReacted", *at);
}

std::int64_t ChatTown::says(const std::string& author, const std::string& text) {
  connect::ChatSend send;
  send.id = "n-" + std::to_string(feed.size());
  send.text = text;
  return std::get<connect::OneMessage>(act(author, send)).message.seq;
}

connect::MessagePage ChatTown::history(const connect::ChatHistory& wish) const {
  connect::MessagePage page;
  for (auto at = messages_.rbegin(); at != messages_.rend(); ++at) {
    if (wish.before && at->seq >= *wish.before) continue;
    if (page.messages.size() == static_cast<std::size_t>(wish.limit.value_or(50))) {
      page.more = true;
      break;
    }
    page.messages.insert(page.messages.begin(), *at);
  }
  return page;
}

std::vector<connect::FeedEntry> ChatTown::since(std::size_t seen) const {
  std::vector<connect::FeedEntry> news(feed.begin() + static_cast<std::ptrdiff_t>(seen),
                                       feed.end());
  for (connect::FeedEntry& entry : news) {
    entry.message =
        *std::ranges::find(messages_, entry.message->seq, &connect::ChatMessage::seq);
  }
  return news;
}

std::vector<std::string> ChatTown::texts() const {
  std::vector<std::string> texts;
  for (const auto& each : messages_) texts.push_back(each.text);
  return texts;
}

// The home ------------------------------------------------------------------------------------

void ChatHome::start() {
  const auto records = store.load_workspaces();
  BOOST_TEST_REQUIRE(records.has_value());
  heard_ = records->empty() ? 0 : static_cast<std::size_t>(records->front().feed_sequence);
  note_heard();
  chat = std::make_unique<Chat>("w", Chat::Parts{store, agenda_, clock_, random_}, *this);
  std::optional<Result<void>> loaded;
  chat->load([&](const Result<void>& result) { loaded = result; });
  while (!loaded) {
    BOOST_TEST_REQUIRE(store.steps().asked() > 0U);
    writes();
  }
  BOOST_TEST_REQUIRE(loaded->has_value());
}

/// As a workspace does, behind what was heard.
void ChatHome::note_heard() {
  store::ReplicaWorkspace record;
  record.id = "w";
  record.feed_sequence = heard_;
  store.put_workspace(record, {});
}

void ChatHome::goes_online() {
  is_online_ = true;
  const bool is_first = heard_ == 0;
  if (is_first) heard_ = town.feed.size();
  for (Asked& asked : asked_) asked.is_said = false;
  chat->came_online({"ann", "Ann", "#222222"},
                    is_first ? std::optional(static_cast<std::int64_t>(heard_)) : std::nullopt);
  note_heard();
}

void ChatHome::goes_offline() {
  is_online_ = false;
  // Answers that are on their way do not arrive; actions are said again.
  for (const auto& failed : std::exchange(on_the_way_, {})) failed();
  chat->went_offline();
}

void ChatHome::is_killed() {
  is_online_ = false;
  on_the_way_.clear();
  asked_.clear();
  chat.reset();
  store.steps().lose_unsynced();
  changes.clear();
  start();
}

void ChatHome::waits(std::chrono::milliseconds time) {
  clock_.time += time;
  agenda_.advance(clock_.now());
}

bool ChatHome::step() {
  const bool writes_something = store.steps().asked() > 0;
  if (writes_something) writes();
  if (!is_online_) return writes_something;
  for (Asked& asked : asked_) {
    if (std::exchange(asked.is_said, true)) continue;
    const ChatTown::Answer answer = town.act("ann", asked.action);
    if (is_town_silent) return true;
    const auto then = std::move(asked.then);
    asked_.pop_front();
    then(answer);
    return true;
  }
  if (is_town_silent) return writes_something;
  if (!on_the_way_.empty()) {
    for (const auto& arrived : std::exchange(on_the_way_, {})) arrived();
    return true;
  }
  if (heard_ < town.feed.size()) {
    const std::vector<connect::FeedEntry> news = town.since(heard_);
    heard_ = town.feed.size();
    chat->hear(news);
    note_heard();
    return true;
  }
  return writes_something;
}

void ChatHome::settle() {
  while (step()) {
  }
}

std::shared_ptr<std::optional<ChatHome::Answer>> ChatHome::says(
    const std::string& text, const std::optional<std::string>& to) {
  auto place = std::make_shared<std::optional<Answer>>();
  chat->send(text, to, std::nullopt, into(place));
  return place;
}

Chat::Then ChatHome::into(const std::shared_ptr<std::optional<Answer>>& place) {
  return [place](const Answer& answer) {
    BOOST_TEST_REQUIRE(!place->has_value());
    place->emplace(answer);
  };
}

ChatPage ChatHome::history(const connect::ChatHistory& wish) {
  std::optional<ChatPage> page;
  chat->history(wish, [&](const auto& outcome) { page = std::get<ChatPage>(outcome); });
  if (!page) settle();
  BOOST_TEST_REQUIRE(page.has_value());
  return *page;
}

std::vector<std::string> ChatHome::shown() {
  std::vector<std::string> texts;
  for (const ChatLine& line : history().lines) {
    texts.push_back(line.is_pending ? "(" + line.message.text + ")" : line.message.text);
  }
  return texts;
}

void ChatHome::act_in_chat(const ChatAction& action, ChatAnswer<connect::OneMessage> then) {
  asked_.push_back({action, std::move(then)});
}

void ChatHome::ask_chat(const ChatQuestion& question, ChatAnswer<connect::MessagePage> then) {
  ++questions;
  BOOST_TEST_REQUIRE(is_online_);
  const auto* history = std::get_if<connect::ChatHistory>(&question);
  on_the_way_.push_back([this, wish = history == nullptr ? connect::ChatHistory{} : *history,
                         then = std::move(then)] {
    if (is_online_) {
      then(town.history(wish));
    } else {
      then(connect::rpc_error(ConnectError::Unavailable, "cut"));
    }
  });
}

void ChatHome::ask_chat(const connect::ChatExport& question,
                        ChatAnswer<connect::ChatExport::Reply> then) {
  on_the_way_.push_back([question, then = std::move(then)] {
    // In two pieces.
    connect::ChatExport::Reply piece;
    piece.content = question.after ? "second" : "first, ";
    if (!question.after) piece.next = 7;
    then(piece);
  });
}

void ChatHome::chat_changed(std::span<const ChatLine> lines) {
  ++tellings;
  changes.insert(changes.end(), lines.begin(), lines.end());
}

}  // namespace plait::workspace
