#include "daemon/sync/feed_reader.h"

#include <algorithm>
#include <variant>

namespace plait::sync {

void FeedReader::begin(std::int64_t newest) {
  is_reading_ = true;
  is_asking_ = false;
  seen_ = host_.feed_seen().value_or(newest);
  newest_ = newest;
  if (newest_ > seen_) ask();
}

void FeedReader::end() noexcept { is_reading_ = false; }

void FeedReader::hear(std::span<const connect::FeedEntry> entries) {
  if (!is_reading_ || entries.empty()) return;
  newest_ = std::max(newest_, entries.back().seq);
  if (is_asking_) return;
  pass_on(entries);
  if (is_reading_ && !is_asking_ && newest_ > seen_) ask();
}

void FeedReader::ask() {
  is_asking_ = true;
  conversation_.call<connect::FeedSince>(
      {seen_, connect::kMaxPageEntries},
      [this](const Outcome<connect::FeedSince>& outcome) {
        is_asking_ = false;
        const auto* page = std::get_if<connect::FeedSince::Reply>(&outcome);
        if (page == nullptr) return;  // the next entry asks again
        const std::int64_t before = seen_;
        pass_on(page->entries);
        // A server that knows of entries and has not got them would be asked for ever.
        if (seen_ == before) newest_ = seen_;
        const bool lacks_some = seen_ != before && page->more;
        if (is_reading_ && !is_asking_ && (lacks_some || newest_ > seen_)) ask();
      },
      AfterCut::Forget);
}

/// Those that follow on what the host has, up to the first gap.
void FeedReader::pass_on(std::span<const connect::FeedEntry> entries) {
  while (!entries.empty() && entries.front().seq <= seen_) entries = entries.subspan(1);
  std::size_t count = 0;
  while (count < entries.size() && entries[count].seq == seen_ + 1) {
    ++seen_;
    ++count;
  }
  if (count > 0) host_.on_feed(entries.first(count));
}

}  // namespace plait::sync
