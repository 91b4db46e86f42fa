#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/store/request.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// One commit, for metrics.
struct CommitInfo {
  std::size_t requests = 0;
  std::chrono::microseconds took{};
};

/// The thread that has a store's core, and the queue in front of it.
///
/// Whatever waits when the thread gets around to it becomes one transaction and is on disk with
/// one sync. While it is written the next group gathers, so groups grow as the load does.
template <class Core>
class StoreThread {
 public:
  using Asked = typename Core::Asked;
  using Request = RequestOf<Asked>;
  using Job = JobOf<Asked>;

  struct Options {
    /// Takes a function to be called on the loop's thread. Called from any thread.
    std::function<void(std::function<void()>)> post;
    /// Called on the loop's thread, before the answers of the commit.
    std::function<void(const CommitInfo&)> on_commit;
    /// What can wait gathers for so long before it is saved.
    std::chrono::milliseconds gather_time{};
  };

  StoreThread(std::unique_ptr<Core> core, Options options, const Clock& clock);
  StoreThread(const StoreThread&) = delete;
  StoreThread& operator=(const StoreThread&) = delete;
  /// Commits all that was asked for. Answers may still arrive on the loop afterwards.
  ~StoreThread();

  void enqueue(std::unique_ptr<Request> request);
  void enqueue(std::unique_ptr<Job> job);
  [[nodiscard]] std::size_t queued_bytes() const { return queued_bytes_; }

  /// Reads, and waits for it.
  template <class T, class Work>
  Result<T> wait_for(Work work) {
    std::promise<Result<T>> done;
    auto tell = [&done, work = std::move(work)](Asked& tables) -> Result<void> {
      done.set_value(work(tables));
      return {};
    };
    enqueue(make_request<Asked, void>({}, std::move(tell), {}));
    return done.get_future().get();
  }

 private:
  using Group = std::vector<std::unique_ptr<Request>>;

  void work();
  /// Waits for something to do and takes it. False once there is nothing left and never will
  /// be.
  bool take(Group& group);
  void commit(Group group);
  void step_job();
  void abandon_jobs();
  void post_answer(std::unique_ptr<Job> job);

  const Options options_;
  const Clock& clock_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Group queue_;                             // under mutex_
  std::deque<std::unique_ptr<Job>> asked_;  // under mutex_
  bool stopping_ = false;                   // under mutex_
  bool urgent_ = false;                     // under mutex_: somebody waits for what is queued
  std::atomic<std::size_t> queued_bytes_ = 0;

  // The thread's own.
  std::unique_ptr<Core> core_;
  std::deque<std::unique_ptr<Job>> jobs_;
  bool untidy_ = true;

  std::thread thread_;  // declared last: it uses all of the above
};

}  // namespace plait::store
