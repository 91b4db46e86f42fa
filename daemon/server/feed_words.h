#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/people/directory.h"
#include "daemon/store/feed.h"
#include "protocol/messages/connect/chat.h"
#include "protocol/messages/connect/feed.h"

namespace plait::server {

/// Says what the store has of a workspace's feed in the words of the protocol: people by their
/// names, as they are called now.
class FeedWords {
 public:
  /// Both outlive it.
  FeedWords(const people::Directory& directory, std::string_view workspace) noexcept
      : directory_(directory), workspace_(workspace) {}

  [[nodiscard]] messages::connect::ChatMessage message(const store::Message& message) const;
  [[nodiscard]] messages::connect::FeedEntry entry(const store::FeedEntry& entry) const;

 private:
  [[nodiscard]] messages::connect::User user(std::string_view id) const {
    return directory_.user(workspace_, id);
  }

  const people::Directory& directory_;
  const std::string_view workspace_;
};

/// The place in a document that a message is about, as the store keeps it; empty: none.
[[nodiscard]] std::string write_anchor(const std::optional<messages::connect::Anchor>& anchor);

/// What an entry or message takes in an answer, more or less: pages end before they grow beyond
/// kMaxPageBytes.
[[nodiscard]] std::size_t page_bytes(const store::Message& message);
[[nodiscard]] std::size_t page_bytes(const store::FeedEntry& entry);

/// How many of these, from the first on, fit on a page; one at least, if there is one.
template <class T>
[[nodiscard]] std::size_t fitting(const std::vector<T>& all, std::size_t most_entries) {
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (count < all.size() && count < most_entries) {
    bytes += page_bytes(all[count]);
    if (count > 0 && bytes > messages::connect::kMaxPageBytes) break;
    ++count;
  }
  return count;
}

}  // namespace plait::server
