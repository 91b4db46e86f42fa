#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/workspace/chat.h"
#include "tests/support/counting_random.h"
#include "tests/support/stepped_clock.h"
#include "tests/support/stepped_replica_store.h"

namespace plait::workspace {

/// A server's chat: messages in one feed, each of an author's names posted once.
class ChatTown {
 public:
  using Answer = std::variant<connect::OneMessage, jsonrpc::RpcError>;

  Answer act(const std::string& author, const ChatAction& action);
  /// Somebody else says something.
  std::int64_t says(const std::string& author, const std::string& text);
  [[nodiscard]] connect::MessagePage history(const connect::ChatHistory& wish) const;
  /// The entries behind so many, with their messages as they are now.
  [[nodiscard]] std::vector<connect::FeedEntry> since(std::size_t seen) const;

  std::vector<connect::FeedEntry> feed;
  /// Everything is refused with this.
  std::optional<jsonrpc::RpcError> refusal;
  /// Texts, the oldest first.
  [[nodiscard]] std::vector<std::string> texts() const;

 private:
  Answer tell(const std::string& kind, connect::ChatMessage& message);

  std::deque<connect::ChatMessage> messages_;
};

/// Ann's machine, whose chat is between its disk and the town.
class ChatHome final : public ChatHost {
 public:
  using Answer = std::variant<ChatLine, jsonrpc::RpcError>;

  explicit ChatHome(ChatTown& in) : town(in) { start(); }
  ~ChatHome() { chat.reset(); }

  /// What is asked for goes to the disk and to the town, and what they say comes back.
  void settle();
  /// Only the disk.
  void writes() { store.commit(); }
  void goes_online();
  void goes_offline();
  /// kill -9: what is not on disk is gone.
  void is_killed();
  void waits(std::chrono::milliseconds time);

  /// Filled in when there is an answer.
  std::shared_ptr<std::optional<Answer>> says(const std::string& text,
                                              const std::optional<std::string>& to = {});
  Chat::Then into(const std::shared_ptr<std::optional<Answer>>& place);
  ChatPage history(const connect::ChatHistory& wish = {});
  /// Texts, the oldest first; in brackets while they are pending.
  std::vector<std::string> shown();

  ChatTown& town;
  bool is_town_silent = false;    ///< what is asked gets there, and no answer comes
  std::vector<ChatLine> changes;  ///< that editors were told of
  std::size_t tellings = 0;
  std::vector<std::string> refusals;
  std::size_t questions = 0;
  support::SteppedReplicaStore store;
  std::unique_ptr<Chat> chat;

 private:
  struct Asked {
    ChatAction action;
    ChatAnswer<connect::OneMessage> then;
    bool is_said = false;
  };

  void start();
  void note_heard();
  bool step();
  [[nodiscard]] bool is_chat_online() const override { return is_online_; }
  void act_in_chat(const ChatAction& action, ChatAnswer<connect::OneMessage> then) override;
  void ask_chat(const ChatQuestion& question, ChatAnswer<connect::MessagePage> then) override;
  void ask_chat(const connect::ChatExport& question,
                ChatAnswer<connect::ChatExport::Reply> then) override;
  void chat_changed(std::span<const ChatLine> lines) override;
  void chat_refused(const std::string& message) override { refusals.push_back(message); }

  support::SteppedClock clock_;
  Agenda agenda_;
  support::CountingRandom random_;
  bool is_online_ = false;
  std::size_t heard_ = 0;  ///< of the feed
  std::deque<Asked> asked_;
  std::vector<std::function<void()>> on_the_way_;
};

}  // namespace plait::workspace
