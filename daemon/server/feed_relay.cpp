#include "daemon/server/feed_relay.h"

#include <algorithm>

#include "daemon/server/feed_words.h"
#include "protocol/messages/connect/limits.h"

namespace plait::server {
namespace {

constexpr auto kPage = static_cast<std::size_t>(messages::connect::kMaxPageEntries);

/// As many entries as one message may have.
std::span<const store::FeedEntry> page_of(const std::vector<store::FeedEntry>& entries) {
  return std::span(entries).first(fitting(entries, kPage));
}

}  // namespace

void FeedRelay::start(std::uint64_t newest) {
  started_ = true;
  told_ = newest;
  grew(newest);
}

void FeedRelay::follow(Follower& follower, Listener& listener) {
  follower.listener_ = &listener;
  follower.heard_ = told_;
  followers_.push_back(&follower);
}

void FeedRelay::unfollow(Follower& follower) { std::erase(followers_, &follower); }

void FeedRelay::grew(std::uint64_t sequence) {
  newest_ = std::max(newest_, sequence);
  read();
}

void FeedRelay::read() {
  if (!started_ || reading_ || told_ >= newest_) return;
  reading_ = true;
  host_.read_feed(told_, kPage, [this](const Result<std::vector<store::FeedEntry>>& entries) {
    reading_ = false;
    // Should the store fail, then what comes next says it again.
    if (!entries || entries->empty()) return;
    tell(*entries);
    read();
  });
}

void FeedRelay::tell(const std::vector<store::FeedEntry>& entries) {
  const auto page = page_of(entries);
  const std::string frame = host_.feed_frame(page);
  for (Follower* follower : followers_) {
    if (follower->heard_ != told_ || follower->listener_->is_behind()) continue;
    follower->heard_ = page.back().sequence;
    follower->listener_->hear(frame);
  }
  told_ = page.back().sequence;
  // Somebody whose pages the store could not read is helped on.
  for (Follower* follower : followers_) caught_up(*follower);
}

void FeedRelay::caught_up(Follower& follower) {
  if (follower.listener_ == nullptr || follower.heard_ >= told_) return;
  if (follower.listener_->is_behind()) return;
  const std::uint64_t after = follower.heard_;
  host_.read_feed(
      after, kPage,
      [this, who = &follower, after](const Result<std::vector<store::FeedEntry>>& entries) {
        const bool is_here =
            std::find(followers_.begin(), followers_.end(), who) != followers_.end();
        if (is_here && entries) bring(*who, after, *entries);
      });
}

void FeedRelay::bring(Follower& follower, std::uint64_t after,
                      const std::vector<store::FeedEntry>& entries) {
  // Somebody else may be where he was, or he has asked twice.
  if (follower.heard_ != after || follower.listener_->is_behind()) return;
  // What everybody is told next is told to him, too.
  const auto end = std::find_if(entries.begin(), entries.end(),
                                [&](const auto& entry) { return entry.sequence > told_; });
  const std::vector<store::FeedEntry> missed(entries.begin(), end);
  if (missed.empty()) return;
  const auto page = page_of(missed);
  follower.heard_ = page.back().sequence;
  follower.listener_->hear(host_.feed_frame(page));
  caught_up(follower);
}

}  // namespace plait::server
