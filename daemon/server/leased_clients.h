#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "daemon/crdt/id.h"
#include "daemon/store/documents.h"

namespace plait::server {

/// All client ids that one device of a member was ever leased in a workspace. What somebody
/// typed offline may come years later, under any of them.
class LeasedClients {
 public:
  void add(const store::ClientLease& lease) {
    const Range range{lease.first, lease.first + lease.count};
    const auto at = std::upper_bound(ranges_.begin(), ranges_.end(), range, before);
    if (at != ranges_.begin() && std::prev(at)->begin == range.begin) return;  // again
    ranges_.insert(at, range);
  }
  [[nodiscard]] bool contains(crdt::ClientId client) const noexcept {
    const Range one{number(client), 0};
    const auto behind = std::upper_bound(ranges_.begin(), ranges_.end(), one, before);
    return behind != ranges_.begin() && number(client) < std::prev(behind)->end;
  }

 private:
  struct Range {
    std::uint64_t begin;
    std::uint64_t end;
  };
  static bool before(const Range& a, const Range& b) noexcept { return a.begin < b.begin; }

  std::vector<Range> ranges_;  ///< ascending; ids are given out once, so they never overlap
};

}  // namespace plait::server
