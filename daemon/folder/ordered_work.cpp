#include "daemon/folder/ordered_work.h"

#include <utility>

namespace plait::folder {

void OrderedWork::add(std::optional<std::string> key, std::function<void()> work,
                      std::function<void()> done) {
  waiting_.push_back({std::move(key), std::move(work), std::move(done), nullptr});
  start_what_can();
}

void OrderedWork::start_what_can() {
  if (running_.size() == 1 && !running_.front().key) return;
  std::set<std::string, std::less<>> taken;
  for (const auto& job : running_) taken.insert(*job.key);
  for (auto job = waiting_.begin(); job != waiting_.end() && running_.size() < kMaxAtOnce;) {
    const auto next = std::next(job);
    if (!job->key) {
      if (running_.empty() && job == waiting_.begin()) start(job);
      return;
    }
    if (taken.insert(*job->key).second) start(job);
    job = next;
  }
}

void OrderedWork::start(Jobs::iterator job) {
  running_.splice(running_.end(), waiting_, job);
  job->running =
      std::make_unique<loop::Work>(*loop_, std::move(job->work), [this, job] { finish(job); });
}

void OrderedWork::finish(Jobs::iterator job) {
  const auto done = std::move(job->done);
  running_.erase(job);
  start_what_can();
  done();  // may destroy this object
}

}  // namespace plait::folder
