#include "daemon/store/sqlite_server_store.h"

#include <future>
#include <utility>

#include "daemon/store/generation.h"
#include "daemon/store/private_files.h"

namespace plait::store {

namespace {

constexpr const char* kDatabaseFile = "/plait.db";

/// So much is saved at once, however short it has gathered.
constexpr std::size_t kUrgentBytes = std::size_t{1} << 20;

}  // namespace

Result<std::unique_ptr<SqliteServerStore>> SqliteServerStore::open(Options options,
                                                                   const Clock& clock,
                                                                   Random& random) {
  if (auto made = make_private_folder(options.folder); !made) return forward_error(made);
  const StoreCore::Options core_options{
      {options.folder + kDatabaseFile, {}}, options.quota, place_of_file};
  auto core = StoreCore::open(core_options, clock, random);
  if (!core) return forward_error(core);
  return std::unique_ptr<SqliteServerStore>(
      new SqliteServerStore(*std::move(core), std::move(options), clock));
}

SqliteServerStore::SqliteServerStore(std::unique_ptr<StoreCore> core, Options options,
                                     const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      core_(std::move(core)),
      thread_([this] { work(); }) {}

SqliteServerStore::~SqliteServerStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<Directory> SqliteServerStore::load_directory() {
  std::promise<Result<Directory>> loaded;
  auto work = [&loaded](Tables& tables) -> Result<void> {
    loaded.set_value(tables.directory.load(tables.now));
    return {};
  };
  enqueue(make_request<void>(Needs::Nothing, 0, std::move(work), {}));
  return loaded.get_future().get();
}

void SqliteServerStore::enqueue(std::unique_ptr<Request> request) {
  queued_bytes_ += request->bytes();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    const bool urgent = request->needs() != Needs::Transaction || queued_bytes_ > kUrgentBytes;
    wake = queue_.empty() || (urgent && !urgent_);
    urgent_ = urgent_ || urgent;
    queue_.push_back(std::move(request));
  }
  if (wake) wake_.notify_one();
}

void SqliteServerStore::enqueue(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back(std::move(job));
  }
  wake_.notify_one();
}

// --- On the thread -----------------------------------------------------------------------

void SqliteServerStore::work() {
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

bool SqliteServerStore::take(Group& group) {
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

void SqliteServerStore::commit(Group group) {
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

void SqliteServerStore::step_job() {
  if (!jobs_.front()->step(core_->tables())) return;
  post_answer(std::move(jobs_.front()));
  jobs_.pop_front();
}

void SqliteServerStore::abandon_jobs() {
  for (auto& job : jobs_) {
    job->abandon();
    post_answer(std::move(job));
  }
  jobs_.clear();
}

void SqliteServerStore::post_answer(std::unique_ptr<Job> job) {
  // As above: shared by copies of the function, of which one is called.
  options_.post([job = std::shared_ptr<Job>(std::move(job))] { job->answer(); });
}

}  // namespace plait::store
