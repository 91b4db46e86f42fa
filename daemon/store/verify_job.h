#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "daemon/store/request.h"
#include "daemon/store/server_store.h"

namespace plait::store {

/// Looks at everything that has a hash: one document or blob a step, after SQLite's own check.
class VerifyJob final : public Job {
 public:
  explicit VerifyJob(Answer<VerifyReport> answer) : answer_(std::move(answer)) {}

  bool step(Tables& tables) override;
  void abandon() override;
  void answer() override {
    if (answer_) answer_(std::move(result_));
  }

 private:
  enum class Stage : std::uint8_t { Pages, Search, Documents, Blobs };
  /// True once the stage has come to its end.
  Result<bool> step_of_stage(Tables& tables);
  Result<bool> check_pages(Tables& tables);
  Result<bool> check_search(Tables& tables);
  Result<bool> check_document(Tables& tables);
  Result<bool> check_blob(Tables& tables);
  void found(std::string where, std::string what);

  Answer<VerifyReport> answer_;
  VerifyReport report_;
  Result<VerifyReport> result_ = VerifyReport{};
  Stage stage_ = Stage::Pages;
  std::int64_t last_id_ = 0;  ///< of the stage
};

}  // namespace plait::store
