#pragma once

#include <functional>
#include <memory>
#include <string>

#include "daemon/store/blobs.h"
#include "daemon/store/database.h"
#include "daemon/store/group_core.h"
#include "daemon/store/tables.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A server's database.
class StoreCore final : public GroupCore<Tables> {
 public:
  struct Options {
    Database::Options database;
    BlobQuota quota;
    /// Which file the database is (generation.h). Asked once it has been opened.
    std::function<std::string(const std::string& path)> place;
  };

  /// Opens, checks and migrates it.
  static Result<std::unique_ptr<StoreCore>> open(const Options& options, const Clock& clock,
                                                 Random& random);

 private:
  using GroupCore::GroupCore;
};

}  // namespace plait::store
