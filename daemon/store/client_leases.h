#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/store/database.h"
#include "daemon/store/documents.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Who may write under which client id. Ids are given out in ascending order and never twice:
/// two replicas under one id would split a document for good.
class ClientLeases {
 public:
  explicit ClientLeases(Database& database) : database_(database) {}

  Result<ClientLease> lease(const LeaseRequest& request, WallTime now);
  Result<LeaseRequest> holder(std::uint64_t client);
  Result<std::vector<ClientLease>> of_device(std::string_view workspace,
                                             std::string_view member, std::string_view device);

 private:
  /// What the request got before; a count of zero if nothing.
  Result<ClientLease> known(const LeaseRequest& request);

  Database& database_;
};

}  // namespace plait::store
