#include "daemon/store/backup_job.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/store/generation.h"
#include "daemon/store/private_files.h"
#include "daemon/store/tables.h"

namespace plait::store {

namespace {

/// A megabyte a step: commits wait a few milliseconds for it.
constexpr int kPagesPerStep = 256;

}  // namespace

BackupJob::~BackupJob() {
  if (!copy_) return;
  backup_.reset();
  copy_.reset();
  std::error_code ignored;  // at worst half a copy stays, under a name that says so
  std::filesystem::remove(partial_, ignored);
}

bool BackupJob::step(Tables& tables) {
  auto done = backup_ ? Result<void>() : begin(tables);
  if (done) {
    auto all = copy_some();
    if (all && !*all) return false;
    done = all ? finish() : Result<void>(forward_error(all));
  }
  if (!done) result_ = Failure{std::move(done).error().with_context("backing up to " + file_)};
  return true;
}

void BackupJob::abandon() {
  result_ = fail(ErrorCode::System, "the server stopped before the backup was done");
}

Result<void> BackupJob::begin(Tables& tables) {
  if (auto made = make_private_file(partial_, file_); !made) return made;
  auto copy = Database::open({partial_, {}});
  if (!copy) return forward_error(copy);
  copy_.emplace(*std::move(copy));
  backup_.reset(sqlite3_backup_init(copy_->handle(), "main", tables.database.handle(), "main"));
  if (!backup_) return failure_of(sqlite3_errcode(copy_->handle()), copy_->handle());
  return {};
}

Result<bool> BackupJob::copy_some() {
  const int code = sqlite3_backup_step(backup_.get(), kPagesPerStep);
  if (code == SQLITE_DONE) return true;
  if (code == SQLITE_OK) return false;
  return failure_of(code, /*connection=*/nullptr);
}

Result<void> BackupJob::finish() {
  backup_.reset();
  auto done = forget_place(*copy_);
  // One file, without a log beside it.
  if (done) done = copy_->script("PRAGMA journal_mode = DELETE");
  if (!done) return done;
  copy_.reset();
  return publish_file(partial_, file_);
}

}  // namespace plait::store
