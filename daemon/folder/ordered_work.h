#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "daemon/loop/loop.h"
#include "daemon/loop/work.h"

namespace plait::folder {

/// Work on other threads that is done in order where order matters: two jobs under one key one
/// after the other, and a job without a key when all before it are done and none after it has
/// begun. Others run beside each other. Belongs to the loop's thread.
class OrderedWork {
 public:
  /// At a time, so that the loop's other work finds a thread too.
  static constexpr std::size_t kMaxAtOnce = 3;

  explicit OrderedWork(loop::Loop& loop) : loop_(&loop) {}
  /// What has begun is completed, without being told; what has not is forgotten.
  ~OrderedWork() = default;
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;

  /// `work` owns what it uses. `done` follows on the loop's thread, never from within this
  /// call, and may destroy this object.
  void add(std::optional<std::string> key, std::function<void()> work,
           std::function<void()> done);

  [[nodiscard]] bool is_idle() const noexcept { return running_.empty() && waiting_.empty(); }

 private:
  struct Job {
    std::optional<std::string> key;
    std::function<void()> work;
    std::function<void()> done;
    std::unique_ptr<loop::Work> running;
  };
  using Jobs = std::list<Job>;

  void start_what_can();
  void start(Jobs::iterator job);
  void finish(Jobs::iterator job);

  loop::Loop* loop_;
  Jobs waiting_;
  Jobs running_;
};

}  // namespace plait::folder
