#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/queued_server_store.h"
#include "daemon/store/store_core.h"
#include "tests/unit/store/crash_disk.h"
#include "tests/unit/store/store_world.h"

namespace plait::store {

/// A store on a disk that can fail; every commit() is one group, answered at once.
class SteppedStore final : public QueuedServerStore {
 public:
  static constexpr const char* kFile = "/plait.db";

  /// Nothing if it cannot be opened; `why` is told.
  static std::unique_ptr<SteppedStore> open(CrashDisk& disk, std::string* why = nullptr) {
    std::unique_ptr<SteppedStore> store(new SteppedStore);
    auto core =
        StoreCore::open({{kFile, disk.vfs_name()}, {}, place}, store->clock_, store->random_);
    if (!core && why != nullptr) *why = core.error().message;
    if (!core) return nullptr;
    store->core_ = *std::move(core);
    return store;
  }

  void commit() {
    const auto group = std::exchange(queue_, {});
    core_->run(group);
    for (const auto& request : group) request->answer();
    for (auto& job : std::exchange(jobs_, {})) {
      while (!job->step(core_->tables())) {
      }
      job->answer();
    }
  }

  /// Asks, commits, and gives the answer.
  template <class T, class Ask>
  Result<T> now(Ask ask) {
    std::optional<Result<T>> result;
    ask(Answer<T>([&](Result<T> answer) { result.emplace(std::move(answer)); }));
    commit();
    return *std::move(result);
  }
  Result<LoadedDocument> open_now(const std::string& name) {
    return now<LoadedDocument>(
        [&](auto answer) { open_document("w", name, std::move(answer)); });
  }
  Result<VerifyReport> verify_now() {
    return now<VerifyReport>([&](auto answer) { verify(std::move(answer)); });
  }
  Result<Stats> stats_now() {
    return now<Stats>([&](auto answer) { stats(std::move(answer)); });
  }

  Result<Directory> load_directory() override { return core_->tables().directory.load(kNow); }
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  StoreCore& core() { return *core_; }

 protected:
  void enqueue(std::unique_ptr<Request> request) override {
    queue_.push_back(std::move(request));
  }
  void enqueue(std::unique_ptr<Job> job) override { jobs_.push_back(std::move(job)); }

 private:
  SteppedStore() = default;
  static std::string place(const std::string& /*path*/) { return "here"; }

  StillClock clock_;
  crypto::SystemRandom random_;
  std::unique_ptr<StoreCore> core_;
  std::vector<std::unique_ptr<Request>> queue_;
  std::vector<std::unique_ptr<Job>> jobs_;
};

}  // namespace plait::store
