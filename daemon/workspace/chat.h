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
#include <variant>
#include <vector>

#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "daemon/workspace/chat_cache.h"
#include "daemon/workspace/chat_deed.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/chat.h"
#include "protocol/messages/connect/feed.h"

namespace plait::workspace {

/// What changes the chat, and what is answered with messages, as the server knows it.
using ChatAction =
    std::variant<connect::ChatSend, connect::ChatEdit, connect::ChatDelete, connect::ChatReact>;
using ChatQuestion = std::variant<connect::ChatHistory, connect::ChatSearch>;

template <class T>
using ChatAnswer = std::function<void(std::variant<T, jsonrpc::RpcError>)>;

/// A message as it is shown here: as the server has it, with what was done to it here since.
struct ChatLine {
  connect::ChatMessage message;  ///< without a number while the server does not have it
  std::string id;                ///< what editors call it by, before it has a number and after
  std::optional<std::string> reply_to;  ///< the same
  bool is_pending = false;              ///< something about it waits for the server
};

struct ChatPage {
  std::vector<ChatLine> lines;  ///< the oldest is first
  bool more = false;            ///< older ones can be had now
};

/// The workspace that a chat is of.
class ChatHost {
 public:
  ChatHost() = default;
  ChatHost(const ChatHost&) = delete;
  ChatHost& operator=(const ChatHost&) = delete;

  [[nodiscard]] virtual bool is_chat_online() const = 0;
  /// Said again after a cut, until there is an answer.
  virtual void act_in_chat(const ChatAction& action, ChatAnswer<connect::OneMessage> then) = 0;
  /// Fail when the connection does.
  virtual void ask_chat(const ChatQuestion& question,
                        ChatAnswer<connect::MessagePage> then) = 0;
  virtual void ask_chat(const connect::ChatExport& question,
                        ChatAnswer<connect::ChatExport::Reply> then) = 0;
  /// These are new or another, or have been read.
  virtual void chat_changed(std::span<const ChatLine> lines) = 0;
  /// Something that was said here will not reach anybody.
  virtual void chat_refused(const std::string& message) = 0;

 protected:
  ~ChatHost() = default;
};

/// How long an editor waits for the server's word before it is told that a message is pending.
inline constexpr std::chrono::seconds kChatPatience{2};
/// The server says what was done here twice, as an answer and in the feed. So many messages are
/// remembered to tell editors once.
inline constexpr std::size_t kToldMessages = 100;
/// Before a server that could not store a message is asked again.
inline constexpr std::chrono::seconds kChatRetryPause{5};

/// The chat of a workspace on this machine: what was said, as far as it is kept here, and what
/// is said here, which is on this disk before anybody is told that it was. That goes to the
/// server in its order, as soon as there is one; under a name made here, so that what is sent
/// twice is posted once.
///
/// Does no I/O: store and server answer later.
class Chat {
 public:
  struct Parts {
    store::ReplicaStore& store;
    Agenda& agenda;
    const Clock& clock;
    Random& random;
  };

  /// All of them outlive it.
  Chat(std::string workspace, Parts parts, ChatHost& host);
  ~Chat();
  Chat(const Chat&) = delete;
  Chat& operator=(const Chat&) = delete;

  /// Comes before everything else.
  void load(std::function<void(Result<void>)> then);

  // The server's side -------------------------------------------------------------------------

  /// Who we are there. `newest` is the newest entry of a feed that was never read here before:
  /// what is in there already was said to others.
  void came_online(const connect::User& person, std::optional<std::int64_t> newest);
  /// The same, as it was last; without an id before we were ever there.
  [[nodiscard]] const connect::User& person() const noexcept { return person_; }
  void went_offline();
  void hear(std::span<const connect::FeedEntry> entries);
  /// What is kept is of another life of the server.
  void forget() { cache_.drop(); }

  // What is said here -------------------------------------------------------------------------

  using Then = ChatAnswer<ChatLine>;
  void send(std::string text, const std::optional<std::string>& reply_to,
            std::optional<connect::Anchor> anchor, Then then);
  void edit(const std::string& id, std::string text, Then then);
  void remove(const std::string& id, Then then);
  void react(const std::string& id, std::string emoji, bool remove, Then then);

  // What was said -----------------------------------------------------------------------------

  void history(const connect::ChatHistory& wish, ChatAnswer<ChatPage> then);
  void search(const connect::ChatSearch& wish, ChatAnswer<ChatPage> then);
  /// All of it, from the server.
  void write_out(connect::ExportFormat format, ChatAnswer<std::string> then);

  void mark_read(std::int64_t number);
  /// Messages of others that were not read.
  [[nodiscard]] std::size_t unread() const;

 private:
  /// A deed that is not known to be on the server.
  struct Wait {
    ChatDeed deed;
    Then then;  ///< until the editor that asked is answered
    bool is_stored = false;
    bool is_told = false;  ///< editors show it as pending
  };
  using Waits = std::deque<Wait>;

  void change(ChatDeed deed, Then then);
  void put(ChatDeed deed, Then then);
  void stored(const std::string& id, const Result<void>& result);
  void say_next();
  [[nodiscard]] std::optional<ChatAction> action_of(const ChatDeed& deed) const;
  void answered(const std::string& id,
                const std::variant<connect::OneMessage, jsonrpc::RpcError>& answer);
  void refused(const Waits::iterator& at, const jsonrpc::RpcError& error);
  void be_pending();
  [[nodiscard]] Wait take_out(const Waits::iterator& at);
  /// False if that is what editors were told of a message last.
  bool is_news(const connect::ChatMessage& message);
  [[nodiscard]] Waits::iterator find_wait(std::string_view id);
  void ask_for_newest();

  [[nodiscard]] std::string new_id();
  [[nodiscard]] std::string id_of(const connect::ChatMessage& message) const;
  [[nodiscard]] std::string id_of(std::int64_t number) const;
  /// On the server; nothing while it has none there.
  [[nodiscard]] std::optional<std::int64_t> number_of(const std::string& id) const;
  [[nodiscard]] ChatLine line_of(const connect::ChatMessage& message) const;
  [[nodiscard]] ChatLine line_of(const ChatDeed& sent) const;
  /// Of a message as editors call it; nothing if it is not here.
  [[nodiscard]] std::optional<ChatLine> line_of(const std::string& id) const;
  [[nodiscard]] ChatPage page_of(const connect::MessagePage& page) const;
  /// With what waits to be sent, which is the newest.
  [[nodiscard]] ChatPage page_of(const connect::MessagePage& page,
                                 const connect::ChatHistory& wish) const;
  /// Does to a line what waits to be done to it.
  void change_line(ChatLine& line) const;
  void write_more(connect::ExportFormat format, std::optional<std::int64_t> after,
                  std::string so_far, ChatAnswer<std::string> then);

  const std::string workspace_;
  const Parts parts_;
  ChatHost& host_;
  std::shared_ptr<Chat*> self_;  ///< for answers: null once this is gone
  ChatCache cache_;
  connect::User person_;  ///< without an id before we were ever there
  std::int64_t read_to_ = 0;
  Waits waits_;
  std::deque<connect::ChatMessage> told_;  ///< that editors were told of lately
  bool is_saying_ = false;
  Alarm patience_;
  Alarm retry_;
};

}  // namespace plait::workspace
