#include "daemon/store/client_leases.h"

#include "daemon/store/limits.h"
#include "daemon/store/records.h"

namespace plait::store {

Result<ClientLease> ClientLeases::lease(const LeaseRequest& request, WallTime now) {
  if (request.count == 0) return fail(ErrorCode::OutOfRange, "a lease of no client ids");
  if (auto ok = check_at_most("a lease", request.count, kMaxLeaseCount); !ok) {
    return forward_error(ok);
  }
  for (const auto* name :
       {&request.workspace, &request.member, &request.device, &request.replica}) {
    auto ok = check_at_most("a name", name->size(), kMaxRecordTextBytes);
    if (!ok) return forward_error(ok);
  }
  if (!request.replica.empty()) {
    auto before = known(request);
    if (!before || before->count != 0) return before;
  }
  ClientLease lease{0, request.count};
  {
    Cursor row = database_.query("SELECT next_client FROM store");
    if (row.next()) lease.first = row.count(0);
    if (auto status = row.status(); !status) return forward_error(status);
  }
  if (lease.first < kFirstLeasedClient) return fail(ErrorCode::Damaged, "no next client id");
  if (lease.first + lease.count - 1 > kLastLeasedClient) {
    return fail(ErrorCode::LimitExceeded, "there are no client ids left");
  }
  auto done = database_.run("UPDATE store SET next_client = ?", lease.first + lease.count);
  if (!done) return forward_error(done);
  done = database_.run(
      "INSERT INTO leases (first, count, workspace, member, device, time, replica) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      lease.first, lease.count, request.workspace, request.member, Blob(request.device), now,
      request.replica);
  if (!done) return forward_error(done);
  return lease;
}

Result<ClientLease> ClientLeases::known(const LeaseRequest& request) {
  Cursor row = database_.query(
      "SELECT first, count FROM leases WHERE workspace = ? AND member = ? AND device = ? "
      "AND replica = ?",
      request.workspace, request.member, Blob(request.device), request.replica);
  if (row.next()) return ClientLease{row.count(0), static_cast<std::uint32_t>(row.count(1))};
  if (auto status = row.status(); !status) return forward_error(status);
  return ClientLease{};
}

Result<LeaseRequest> ClientLeases::holder(std::uint64_t client) {
  Cursor row = database_.query(
      "SELECT first, count, workspace, member, device, replica FROM leases WHERE first <= ? "
      "ORDER BY first DESC LIMIT 1",
      client);
  if (row.next() && client - row.count(0) < row.count(1)) {
    return LeaseRequest{row.text(2), row.text(3), row.text(4),
                        static_cast<std::uint32_t>(row.count(1)), row.text(5)};
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return fail(ErrorCode::NotFound, "this client id is leased to nobody");
}

Result<std::vector<ClientLease>> ClientLeases::of_device(std::string_view workspace,
                                                         std::string_view member,
                                                         std::string_view device) {
  std::vector<ClientLease> leases;
  Cursor row = database_.query(
      "SELECT first, count FROM leases WHERE workspace = ? AND member = ? AND device = ? "
      "ORDER BY first",
      workspace, member, Blob(device));
  while (row.next()) {
    leases.push_back({row.count(0), static_cast<std::uint32_t>(row.count(1))});
  }
  if (auto status = row.status(); !status) return forward_error(status);
  return leases;
}

}  // namespace plait::store
