#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/feed.h"
#include "daemon/store/server_store.h"

namespace plait::server {

/// Whoever hears what is said to a whole workspace.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  /// Frames that are the same for everybody.
  virtual void hear(std::string_view frames) = 0;
  /// So much waits for him that what can be had later is not to be sent.
  [[nodiscard]] virtual bool is_behind() const = 0;
};

/// Brings a workspace's feed to those who follow it, in order and without gaps.
///
/// What is new is read from the store once for all, however many changes that is. Who is behind
/// is passed over, and reads on by himself, a page at a time, when he has caught up.
class FeedRelay {
 public:
  class Host {
   public:
    /// The answer does not come when the relay is gone.
    virtual void read_feed(std::uint64_t after, std::size_t limit,
                           store::Answer<std::vector<store::FeedEntry>> answer) = 0;
    /// One frame with these entries.
    [[nodiscard]] virtual std::string feed_frame(std::span<const store::FeedEntry> entries) = 0;

   protected:
    ~Host() = default;
  };

  class Follower {
   private:
    friend class FeedRelay;
    Listener* listener_ = nullptr;
    std::uint64_t heard_ = 0;  ///< up to this entry
  };

  /// The host outlives the relay.
  explicit FeedRelay(Host& host) : host_(host) {}

  /// The newest entry at this moment. Before that nobody follows.
  void start(std::uint64_t newest);
  [[nodiscard]] std::uint64_t told() const noexcept { return told_; }
  /// From the next entry on that is told.
  void follow(Follower& follower, Listener& listener);
  void unfollow(Follower& follower);

  /// There is an entry with this number.
  void grew(std::uint64_t sequence);
  void caught_up(Follower& follower);

 private:
  void read();
  void tell(const std::vector<store::FeedEntry>& entries);
  void bring(Follower& follower, std::uint64_t after,
             const std::vector<store::FeedEntry>& entries);

  Host& host_;
  bool started_ = false;
  bool reading_ = false;
  std::uint64_t told_ = 0;    ///< everybody who follows and is not behind has heard up to here
  std::uint64_t newest_ = 0;  ///< known to exist
  std::vector<Follower*> followers_;
};

}  // namespace plait::server
