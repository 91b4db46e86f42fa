#include "daemon/store/store_thread.h"

#include "daemon/store/replica_core.h"
#include "daemon/store/store_core.h"

namespace plait::store {

namespace {

/// So much is saved at once, however short it has gathered.
constexpr std::size_t kUrgentBytes = std::size_t{1} << 20;

}  // namespace

template <class Core>
StoreThread<Core>::StoreThread(std::unique_ptr<Core> core, Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      core_(std::move(core)),
      thread_([this] { work(); }) {}

template <class Core>
StoreThread<Core>::~StoreThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

template <class Core>
void StoreThread<Core>::enqueue(std::unique_ptr<Request> request) {
  queued_bytes_ += request->bytes();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const bool urgent = request->haste() == Haste::Now || queued_bytes_ > kUrgentBytes;
    wake = queue_.empty() || (urgent && !urgent_);
    urgent_ = urgent_ || urgent;
    queue_.push_back(std::move(request));
  }
  if (wake) wake_.notify_one();
}

template <class Core>
void StoreThread<Core>::enqueue(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(job));
  }
  wake_.notify_one();
}

// --- On the thread -----------------------------------------------------------------------

template <class Core>
void StoreThread<Core>::work() {
  for (Group group; take(group); group.clear()) {
    if (!group.empty()) commit(std::move(group));
    // One step of what is not urgent, then back to what is.
    if (!jobs_.empty()) {
      step_job();
    } else {
      untidy_ = core_->tidy();
    }
  }
  abandon_jobs();
  core_.reset();  // closes the database, which empties its log
}

template <class Core>
bool StoreThread<Core>::take(Group& group) {
  std::unique_lock lock(mutex_);
  const bool busy = !jobs_.empty() || untidy_;
  if (!busy) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || !asked_.empty(); });
    wake_.wait_for(lock, options_.gather_time,
                   [this] { return stopping_ || urgent_ || !asked_.empty(); });
  }
  urgent_ = false;
  group.swap(queue_);
  for (auto& job : asked_) jobs_.push_back(std::move(job));
  asked_.clear();
  return !stopping_ || !group.empty();
}

template <class Core>
void StoreThread<Core>::commit(Group group) {
  const auto start = clock_.now();
  const bool wrote = core_->run(group);
  std::size_t bytes = 0;
  for (const auto& request : group) bytes += request->bytes();
  queued_bytes_ -= bytes;
  const CommitInfo info{group.size(), clock_.now() - start};
  // Shared only because a std::function has to be copyable.
  auto answers = std::make_shared<Group>(std::move(group));
  options_.post([answers = std::move(answers), wrote, info, on_commit = options_.on_commit] {
    if (wrote && on_commit) on_commit(info);
    for (auto& request : *answers) request->answer();
  });
}

template <class Core>
void StoreThread<Core>::step_job() {
  if (!jobs_.front()->step(core_->tables())) return;
  post_answer(std::move(jobs_.front()));
  jobs_.pop_front();
}

template <class Core>
void StoreThread<Core>::abandon_jobs() {
  for (auto& job : jobs_) {
    job->abandon();
    post_answer(std::move(job));
  }
  jobs_.clear();
}

template <class Core>
void StoreThread<Core>::post_answer(std::unique_ptr<Job> job) {
  // As above: shared by copies of the function, of which one is called.
  options_.post([job = std::shared_ptr<Job>(std::move(job))] { job->answer(); });
}

template class StoreThread<StoreCore>;
template class StoreThread<ReplicaCore>;

}  // namespace plait::store
