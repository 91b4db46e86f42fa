#pragma once

#include <cstdint>
#include <vector>

#include "daemon/server/caller.h"
#include "daemon/server/pace.h"
#include "daemon/server/responder.h"
#include "daemon/store/feed.h"
#include "protocol/messages/connect/chat.h"
#include "protocol/messages/connect/feed.h"

namespace plait::server {

/// The feed, the chat in it, and the audit log, as one client asks for them and adds to them.
class Talk {
 public:
  /// The caller outlives it.
  explicit Talk(Caller& caller) : caller_(caller) {}

  void handle(const messages::connect::FeedSince& question,
              const Responder<messages::connect::FeedSince>& responder);
  void handle(const messages::connect::ActivityRecord& news,
              const Responder<messages::connect::ActivityRecord>& responder);
  void handle(const messages::connect::AuditList& question,
              const Responder<messages::connect::AuditList>& responder);

  void handle(const messages::connect::ChatSend& wish,
              const Responder<messages::connect::ChatSend>& responder);
  void handle(const messages::connect::ChatEdit& wish,
              const Responder<messages::connect::ChatEdit>& responder);
  void handle(const messages::connect::ChatDelete& wish,
              const Responder<messages::connect::ChatDelete>& responder);
  void handle(const messages::connect::ChatReact& wish,
              const Responder<messages::connect::ChatReact>& responder);

  void handle(const messages::connect::ChatHistory& question,
              const Responder<messages::connect::ChatHistory>& responder);
  void handle(const messages::connect::ChatSearch& question,
              const Responder<messages::connect::ChatSearch>& responder);
  void handle(const messages::connect::ChatExport& question,
              const Responder<messages::connect::ChatExport>& responder);

 private:
  /// False, and the client is told, if he is too fast.
  template <class M>
  [[nodiscard]] bool may_post(const Responder<M>& responder);
  template <class M>
  [[nodiscard]] bool may_search(const Responder<M>& responder);
  [[nodiscard]] store::MessageAction action(std::int64_t message) const;
  /// For what the store is to write into the feed: everybody hears of it, also if the client
  /// has gone before it was written.
  template <class Call>
  [[nodiscard]] auto written(Call call) const;
  /// Answers with a message as it is after what was asked of the store before.
  template <class M>
  void answer_with(std::uint64_t message, const Responder<M>& responder);
  /// What becomes of something that was done to a message.
  template <class M>
  [[nodiscard]] store::Answer<std::uint64_t> done_to(std::uint64_t message,
                                                     const Responder<M>& responder);
  void posted(const messages::connect::ChatSend& wish, const Result<store::Posted>& result,
              const Responder<messages::connect::ChatSend>& responder);

  Caller& caller_;
  Pace posts_;
};

}  // namespace plait::server
