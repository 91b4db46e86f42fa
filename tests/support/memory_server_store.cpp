#include "tests/support/memory_server_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "protocol/base/assert.h"

namespace plait::support {

namespace {

std::unique_ptr<store::StoreCore> core_in_memory(const store::BlobQuota& quota,
                                                 const Clock& clock, Random& random) {
  const store::StoreCore::Options options{
      {":memory:", {}}, quota, [](const std::string&) { return std::string("memory"); }};
  auto core = store::StoreCore::open(options, clock, random);
  PLAIT_ASSERT(core, "a database in memory to open");
  return *std::move(core);
}

}  // namespace

MemoryServerStore::MemoryServerStore(const store::BlobQuota& quota)
    : steps_(core_in_memory(quota, clock_, random_)) {}

MemoryServerStore::~MemoryServerStore() = default;

void MemoryServerStore::CountingRandom::fill(std::span<std::uint8_t> bytes) {
  std::fill(bytes.begin(), bytes.end(), ++count);
}

void MemoryServerStore::sync(std::size_t count) {
  steps_.sync(count);
  for (auto& job : jobs_) {
    while (!job->step(steps_.core().tables())) {
    }
    done_jobs_.push_back(std::move(job));
  }
  jobs_.clear();
}

void MemoryServerStore::answer() {
  steps_.answer();
  // Moved out: those who are told may ask for more.
  for (auto& job : std::exchange(done_jobs_, {})) job->answer();
}

void MemoryServerStore::lose_unsynced() {
  steps_.lose_unsynced();
  jobs_.clear();
  done_jobs_.clear();
}

MemoryServerStore::Written MemoryServerStore::written_since(std::string_view workspace,
                                                            std::string_view document,
                                                            std::uint64_t after) const {
  store::Database& database = steps_.core().tables().database;
  Written written{{}, {}, after};
  store::Cursor head = database.query(
      "SELECT d.id, s.up_to, s.state FROM documents d LEFT JOIN snapshots s ON s.document = "
      "d.id"
      " WHERE d.workspace = ? AND d.name = ?",
      workspace, document);
  if (!head.next()) return written;
  const std::int64_t key = head.integer(0);
  if (!head.is_null(1) && head.count(1) > after) {
    written.sequence = head.count(1);
    written.snapshot = head.text(2);
  }
  store::Cursor rows = database.query(
      "SELECT sequence, updates FROM log WHERE document = ?1 AND sequence > ?2 UNION ALL "
      "SELECT sequence, updates FROM recent WHERE document = ?1 AND sequence > ?2 "
      "ORDER BY sequence",
      key, written.sequence);
  while (rows.next()) {
    written.sequence = rows.count(0);
    written.entries.push_back(rows.text(1));
  }
  return written;
}

void MemoryServerStore::lose_newest_entry() {
  store::Database& database = steps_.core().tables().database;
  // What is in `recent` came after all that is in the log.
  auto lost = database.run("DELETE FROM recent WHERE id = (SELECT max(id) FROM recent)");
  if (lost && database.changes() == 0) {
    lost = database.run(
        "DELETE FROM log WHERE (document, sequence) IN"
        " (SELECT document, sequence FROM log ORDER BY time DESC, sequence DESC LIMIT 1)");
  }
  PLAIT_ASSERT(lost, "an entry to be deleted");
}

Result<store::Directory> MemoryServerStore::load_directory() {
  return steps_.core().tables().directory.load(clock_.time);
}

void MemoryServerStore::enqueue(std::unique_ptr<store::Request> request) {
  steps_.enqueue(std::move(request));
}

void MemoryServerStore::enqueue(std::unique_ptr<store::Job> job) {
  jobs_.push_back(std::move(job));
}

}  // namespace plait::support
