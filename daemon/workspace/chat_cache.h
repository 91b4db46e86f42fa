#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/replica_store.h"
#include "protocol/base/result.h"
#include "protocol/messages/connect/chat.h"

namespace plait::workspace {

namespace connect = messages::connect;

/// Messages of a workspace that are kept on this machine, the newest.
inline constexpr std::size_t kKeptMessages = 2000;

/// The newest part of a workspace's chat, in memory and in the store, without gaps: every
/// message from the oldest one here on, as the server last told of it.
///
/// Does no I/O: the store answers later.
class ChatCache {
 public:
  /// By their numbers.
  using Messages = std::map<std::int64_t, connect::ChatMessage>;

  /// The store outlives it.
  ChatCache(store::ReplicaStore& store, std::string workspace);
  ~ChatCache();
  ChatCache(const ChatCache&) = delete;
  ChatCache& operator=(const ChatCache&) = delete;

  void load(const std::function<void(Result<void>)>& then);
  /// The server's chat is another one.
  void drop();

  /// A message as it is now, which is in the feed. One that is older than what is kept here is
  /// not kept either.
  void take(const connect::ChatMessage& message);
  /// What the server has before a number (nothing: the newest). Kept where it goes on from what
  /// is here.
  void take(const connect::MessagePage& page, std::optional<std::int64_t> before);

  [[nodiscard]] const Messages& messages() const noexcept { return messages_; }
  /// Null if it is not here.
  [[nodiscard]] const connect::ChatMessage* find(std::int64_t number) const;
  /// The one that an author's client gave this name.
  [[nodiscard]] const connect::ChatMessage* find(std::string_view author,
                                                 std::string_view name) const;
  /// The newest before a number, the oldest of them first.
  [[nodiscard]] connect::MessagePage page(std::optional<std::int64_t> before,
                                          std::size_t limit) const;
  /// The same, of those that a search finds.
  [[nodiscard]] connect::MessagePage search(const connect::ChatSearch& wish) const;
  /// There was nothing before the oldest, when the server was last asked.
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

 private:
  void load_before(std::uint64_t before, const std::function<void(Result<void>)>& then);
  void keep(std::span<const connect::ChatMessage> messages);

  store::ReplicaStore& store_;
  const std::string workspace_;
  std::shared_ptr<ChatCache*> self_;  ///< for answers: null once this is gone
  Messages messages_;
  bool is_whole_ = false;
};

}  // namespace plait::workspace
