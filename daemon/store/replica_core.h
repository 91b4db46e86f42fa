#pragma once

#include <memory>

#include "daemon/store/database.h"
#include "daemon/store/group_core.h"
#include "daemon/store/replica_tables.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// A client's database.
class ReplicaCore final : public GroupCore<ReplicaTables> {
 public:
  /// Opens, checks and migrates it.
  static Result<std::unique_ptr<ReplicaCore>> open(const Database::Options& options,
                                                   const Clock& clock);

 private:
  using GroupCore::GroupCore;
};

}  // namespace plait::store
