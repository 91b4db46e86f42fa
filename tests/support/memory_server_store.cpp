#include "tests/support/memory_server_store.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <sqlite3.h>

#include "protocol/base/assert.h"

namespace plait::support {

MemoryServerStore::MemoryServerStore(const store::BlobQuota& quota) {
  const store::StoreCore::Options options{
      {":memory:", {}}, quota, [](const std::string&) { return std::string("memory"); }};
  auto core = store::StoreCore::open(options, clock_, random_);
  PLAIT_ASSERT(core, "a database in memory to open");
  core_ = *std::move(core);
}

MemoryServerStore::~MemoryServerStore() = default;

void MemoryServerStore::CountingRandom::fill(std::span<std::uint8_t> bytes) {
  std::fill(bytes.begin(), bytes.end(), ++count);
}

void MemoryServerStore::run(std::size_t count) {
  const auto end = asked_.begin() + static_cast<std::ptrdiff_t>(std::min(count, asked_.size()));
  const auto first = static_cast<std::ptrdiff_t>(synced_.size());
  std::move(asked_.begin(), end, std::back_inserter(synced_));
  asked_.erase(asked_.begin(), end);
  core_->run({synced_.begin() + first, synced_.end()});
  for (auto request = synced_.begin() + first; request != synced_.end(); ++request) {
    queued_bytes_ -= (*request)->bytes();
  }
}

void MemoryServerStore::sync(std::size_t count) {
  run(count);
  for (auto& job : jobs_) {
    while (!job->step(core_->tables())) {
    }
    done_jobs_.push_back(std::move(job));
  }
  jobs_.clear();
}

void MemoryServerStore::fail_sync(std::size_t count) {
  sqlite3* database = core_->tables().database.handle();
  sqlite3_commit_hook(
      database, [](void*) { return 1; }, /*pArg=*/nullptr);
  run(count);
  sqlite3_commit_hook(database, /*xCallback=*/nullptr, /*pArg=*/nullptr);
}

void MemoryServerStore::answer() {
  // Moved out: those who are told may ask for more.
  for (auto& request : std::exchange(synced_, {})) request->answer();
  for (auto& job : std::exchange(done_jobs_, {})) job->answer();
}

void MemoryServerStore::lose_unsynced() {
  asked_.clear();
  synced_.clear();
  jobs_.clear();
  done_jobs_.clear();
  queued_bytes_ = 0;
}

MemoryServerStore::Written MemoryServerStore::written_since(std::string_view workspace,
                                                            std::string_view document,
                                                            std::uint64_t after) const {
  store::Database& database = core_->tables().database;
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
      "SELECT sequence, updates FROM log WHERE document = ? AND sequence > ? ORDER BY sequence",
      key, written.sequence);
  while (rows.next()) {
    written.sequence = rows.count(0);
    written.entries.push_back(rows.text(1));
  }
  return written;
}

void MemoryServerStore::lose_newest_entry() {
  const auto lost = core_->tables().database.run(
      "DELETE FROM log WHERE (document, sequence) IN"
      " (SELECT document, sequence FROM log ORDER BY time DESC, sequence DESC LIMIT 1)");
  PLAIT_ASSERT(lost, "an entry to be deleted");
}

Result<store::Directory> MemoryServerStore::load_directory() {
  return core_->tables().directory.load(clock_.time);
}

void MemoryServerStore::enqueue(std::unique_ptr<store::Request> request) {
  queued_bytes_ += request->bytes();
  asked_.push_back(std::move(request));
}

void MemoryServerStore::enqueue(std::unique_ptr<store::Job> job) {
  jobs_.push_back(std::move(job));
}

}  // namespace plait::support
