// How fast the server's store takes updates, each on disk before it is answered.
//
//   store_bench [SECONDS]
//
// Runs every scenario for so long (2) on a new database under TMPDIR.

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/crypto/random.h"
#include "daemon/store/sqlite_server_store.h"
#include "daemon/support/clock.h"
#include "protocol/base/assert.h"
#include "tests/support/temporary_folder.h"

namespace plait {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kUpdateBytes = 32;

struct Scenario {
  const char* name;
  std::size_t documents;
  std::size_t authors;   ///< of each document, taking turns
  std::size_t together;  ///< updates in one append
  std::size_t window;    ///< appends that may wait for their answer
  /// Compact a document after so many of its appends; 0 for never.
  std::size_t compact_after;
};

constexpr std::array kScenarios = {
    Scenario{"1 document, one update at a time", 1, 1, 1, 1, 0},
    Scenario{"1 document x 1 author, window 1,000", 1, 1, 1, 1000, 0},
    Scenario{"1 document x 10 authors, window 1,000", 1, 10, 1, 1000, 0},
    Scenario{"100 documents x 10 authors, window 10,000", 100, 10, 1, 10000, 0},
    Scenario{"1 document x 10 authors, 16 updates an append", 1, 10, 16, 1000, 0},
    Scenario{"100 documents x 10 authors, 16 updates an append", 100, 10, 16, 1000, 0},
    Scenario{"the same, compacted after every 256 appends", 100, 10, 16, 1000, 256},
};

/// The loop of this program: runs what the store posts.
class Posts {
 public:
  void post(std::function<void()> function) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(function));
    arrived_.notify_one();
  }
  void run_some() {
    std::vector<std::function<void()>> taken;
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, [this] { return !waiting_.empty(); });
      taken.swap(waiting_);
    }
    for (const auto& function : taken) function();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::function<void()>> waiting_;
};

struct Document {
  store::DocumentKey key{};
  std::size_t turn = 0;
  std::size_t appends = 0;
  std::uint64_t last_sequence = 0;
};

class Run {
 public:
  Run(const Scenario& scenario, const std::string& folder)
      : scenario_(scenario),
        folder_(folder),
        documents_(scenario.documents),
        updates_(scenario.together * (kUpdateBytes + 1), 'x') {
    store::SqliteServerStore::Options options;
    options.folder = folder;
    options.gather_time = {};  // else that would be measured
    options.post = [this](std::function<void()> f) { posts_.post(std::move(f)); };
    options.on_commit = [this](const store::CommitInfo& info) {
      commits_.push_back(info.took);
    };
    auto opened = store::SqliteServerStore::open(std::move(options), clock_, random_);
    PLAIT_ASSERT(opened, "a database to open");
    store_ = *std::move(opened);
    for (std::size_t i = 0; i < documents_.size(); ++i) open(i);
    while (waiting_ > 0) posts_.run_some();
  }

  void run_for(std::chrono::seconds time) {
    commits_.clear();
    const auto start = steady_clock::now();
    const std::clock_t cpu = std::clock();
    const auto end = start + time;
    std::size_t next = 0;
    while (steady_clock::now() < end) {
      while (waiting_ < scenario_.window) append(documents_[next++ % documents_.size()]);
      posts_.run_some();
    }
    while (waiting_ > 0) posts_.run_some();
    report(steady_clock::now() - start, std::clock() - cpu);
  }

 private:
  void open(std::size_t index) {
    ++waiting_;
    store_->open_document("w", std::to_string(index),
                          [this, index](Result<store::LoadedDocument> document) {
                            PLAIT_ASSERT(document, "a document to open");
                            documents_[index].key = document->key;
                            --waiting_;
                          });
  }

  void append(Document& document) {
    ++waiting_;
    const store::Author author{"author-" + std::to_string(document.turn++ % scenario_.authors)};
    store_->append(document.key, author, updates_, [&](Result<store::Appended> appended) {
      PLAIT_ASSERT(appended, "an update to be stored");
      document.last_sequence = appended->sequence;
      stored_ += scenario_.together;
      --waiting_;
      if (scenario_.compact_after == 0 || ++document.appends % scenario_.compact_after != 0) {
        return;
      }
      store_->put_snapshot(document.key, document.last_sequence, std::string(10'000, 's'), {});
    });
  }

  void report(steady_clock::duration took, std::clock_t cpu) {
    const double seconds = std::chrono::duration<double>(took).count();
    const double cpu_seconds = static_cast<double>(cpu) / CLOCKS_PER_SEC;
    std::sort(commits_.begin(), commits_.end());
    const auto commit_at = [&](std::size_t percent) {
      return std::chrono::duration<double, std::milli>(
                 commits_[(commits_.size() - 1) * percent / 100])
          .count();
    };
    const auto stored = static_cast<double>(stored_);
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder_)) {
      bytes += file.file_size();
    }
    std::printf("%-50s %9.0f %9.2f %8.1f %7.2f %7.2f %8.1f\n", scenario_.name, stored / seconds,
                cpu_seconds * 1e6 / stored, stored / static_cast<double>(commits_.size()),
                commit_at(50), commit_at(99), static_cast<double>(bytes) / 1e6);
  }

  const Scenario& scenario_;
  std::string folder_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  Posts posts_;
  std::unique_ptr<store::SqliteServerStore> store_;
  std::vector<Document> documents_;
  std::string updates_;
  std::vector<std::chrono::microseconds> commits_;
  std::size_t waiting_ = 0;
  std::size_t stored_ = 0;
};

int run(int argc, char** argv) {
  const std::chrono::seconds time{argc > 1 ? std::strtol(argv[1], nullptr, 10) : 2};
  std::printf("%-50s %9s %9s %8s %7s %7s %8s\n", "updates of 32 bytes", "updates/s", "us CPU",
              "a commit", "p50 ms", "p99 ms", "file MB");
  for (const Scenario& scenario : kScenarios) {
    const support::TemporaryFolder database;
    Run(scenario, database / "data").run_for(time);
  }
  return 0;
}

}  // namespace
}  // namespace plait

int main(int argc, char** argv) { return plait::run(argc, argv); }
