#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/queued_server_store.h"
#include "daemon/store/store_core.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"
#include "tests/support/stepped_core.h"

namespace plait::support {

/// The store of a server in a simulation: the real tables in a database that lives in memory,
/// without a thread (stepped_core.h).
class MemoryServerStore final : public store::QueuedServerStore {
 public:
  explicit MemoryServerStore(const store::BlobQuota& quota = {});
  ~MemoryServerStore() override;

  /// What the store takes for the present.
  void set_time(WallTime now) { clock_.time = now; }

  [[nodiscard]] std::size_t asked() const { return steps_.asked() + jobs_.size(); }
  [[nodiscard]] std::size_t synced() const { return steps_.synced(); }

  /// The oldest `count` of what was asked for is on disk from now on, in one commit.
  void sync(std::size_t count = std::numeric_limits<std::size_t>::max());
  /// As sync(), but the commit fails, and none of it is.
  void fail_sync(std::size_t count = std::numeric_limits<std::size_t>::max()) {
    steps_.fail_sync(count);
  }
  /// Whoever asked for what was synced is told. What they ask for then waits for the next sync.
  void answer();

  /// A crash: what was asked for and not synced never happened, and nobody is told anything.
  void lose_unsynced();

  // What is on disk, past all requests.

  struct Written {
    std::string snapshot;  ///< if it covers more than was asked for
    std::vector<std::string>
        entries;                 ///< after that, each of them updates behind their lengths
    std::uint64_t sequence = 0;  ///< of the last
  };
  /// What a crash would leave of a document, from behind a sequence number on.
  [[nodiscard]] Written written_since(std::string_view workspace, std::string_view document,
                                      std::uint64_t after) const;
  /// The disk had lied: what was appended last is not there.
  void lose_newest_entry();

  Result<store::Directory> load_directory() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return steps_.queued_bytes(); }

 protected:
  void enqueue(std::unique_ptr<store::Request> request) override;
  void enqueue(std::unique_ptr<store::Job> job) override;

 private:
  struct StillClock final : Clock {
    [[nodiscard]] MonotonicTime now() const override { return {}; }
    [[nodiscard]] WallTime wall() const override { return time; }
    WallTime time{1'700'000'000'000};
  };
  /// Each generation is the next number.
  struct CountingRandom final : Random {
    void fill(std::span<std::uint8_t> bytes) override;
    std::uint8_t count = 0;
  };

  StillClock clock_;
  CountingRandom random_;
  SteppedCore<store::StoreCore> steps_;
  std::vector<std::unique_ptr<store::Job>> jobs_;
  std::vector<std::unique_ptr<store::Job>> done_jobs_;
};

}  // namespace plait::support
