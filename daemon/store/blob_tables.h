#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/store/blobs.h"
#include "daemon/store/database.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Binary files, in the pieces they arrived in. Means what ServerStore says.
class BlobTables {
 public:
  BlobTables(Database& database, const BlobQuota& quota) : database_(database), quota_(quota) {}

  Result<BlobState> put(const BlobChunk& chunk);
  Result<BlobState> state(const BlobKey& key);
  Result<std::string> read(const BlobKey& key, std::uint64_t offset, std::size_t length);
  Result<void> remove(const BlobKey& key);
  Result<std::uint64_t> drop_unfinished(WallTime before);
  /// Announced sizes of a workspace; of one author in it if there is one.
  Result<std::uint64_t> sum(std::string_view workspace);
  Result<std::uint64_t> sum(std::string_view workspace, std::string_view author);

  /// Whether a complete blob still has its hash; NotFound if there is no such row, true for one
  /// that is not complete.
  Result<bool> is_whole(std::int64_t id);

 private:
  struct Row {
    std::int64_t id = 0;
    BlobState state;
  };
  Result<Row> find(const BlobKey& key);
  /// NotFound becomes a row, if the quotas have room for it.
  Result<Row> find_or_begin(const BlobChunk& chunk);
  Result<BlobHash> hash_of(std::int64_t id);
  Result<void> remove(std::int64_t id);

  Database& database_;
  BlobQuota quota_;
};

}  // namespace plait::store
