#pragma once

#include <memory>
#include <string>

#include "daemon/store/database.h"
#include "daemon/store/request.h"

namespace plait::store {

/// Copies the database into a file beside the running server. What is written meanwhile is
/// copied too, since it goes through the same connection. The file gets its name once it is
/// whole and synced, so there is never half a backup.
class BackupJob final : public Job {
 public:
  BackupJob(std::string file, Answer<void> answer)
      : file_(std::move(file)), partial_(file_ + ".partial"), answer_(std::move(answer)) {}
  ~BackupJob() override;

  bool step(Tables& tables) override;
  void abandon() override;
  void answer() override {
    if (answer_) answer_(std::move(result_));
  }

 private:
  struct Finish {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
  };
  Result<void> begin(Tables& tables);
  /// True once all pages have been copied.
  Result<bool> copy_some();
  Result<void> finish();

  std::string file_;
  std::string partial_;
  Answer<void> answer_;
  Result<void> result_;
  std::optional<Database> copy_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;  // goes before what it writes to
};

}  // namespace plait::store
