#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include <boost/test/unit_test.hpp>

namespace plait::store {

/// A loop for one test: functions wait until the test runs them.
class Posts {
 public:
  void post(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(function));
    arrived_.notify_one();
  }
  /// Runs what arrives until something holds.
  template <class Holds>
  void run_until(Holds holds) {
    constexpr std::chrono::seconds kNeverThisLong{20};
    while (!holds()) {
      std::unique_lock lock(mutex_);
      const bool in_time =
          arrived_.wait_for(lock, kNeverThisLong, [this] { return !waiting_.empty(); });
      BOOST_TEST_REQUIRE(in_time, "what was waited for did not happen");
      auto function = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      function();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> waiting_;
};

}  // namespace plait::store
