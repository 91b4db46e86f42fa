#pragma once

#include <cstdint>
#include <span>

#include "daemon/sync/conversation.h"
#include "daemon/sync/host.h"

namespace plait::sync {

/// Brings a host the feed in order and without gaps: what it lacks is asked for, page by page,
/// and what comes meanwhile is not kept, but asked for as well.
class FeedReader {
 public:
  FeedReader(Conversation& conversation, Host& host)
      : conversation_(conversation), host_(host) {}

  /// In a workspace, whose newest entry is this one.
  void begin(std::int64_t newest);
  void end() noexcept;
  /// What the server says by itself.
  void hear(std::span<const connect::FeedEntry> entries);

 private:
  void ask();
  void pass_on(std::span<const connect::FeedEntry> entries);

  Conversation& conversation_;
  Host& host_;
  bool is_reading_ = false;
  bool is_asking_ = false;
  std::int64_t seen_ = 0;    ///< the last entry that the host has
  std::int64_t newest_ = 0;  ///< the last entry that is known to be there
};

}  // namespace plait::sync
