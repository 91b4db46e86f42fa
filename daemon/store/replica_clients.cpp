#include "daemon/store/replica_clients.h"

#include "daemon/store/limits.h"

namespace plait::store {

Result<void> ReplicaClients::put(WorkspaceKey workspace,
                                 std::span<const std::uint64_t> clients) {
  if (auto ok = check_at_most("client ids", clients.size(), kMaxStockedClients); !ok) return ok;
  for (const std::uint64_t client : clients) {
    if (client > kLastStockedClient)
      return fail(ErrorCode::OutOfRange, "a client id past 2^53");
    auto done = database_.run(
        "INSERT INTO clients (workspace, client) VALUES (?, ?) ON CONFLICT DO NOTHING",
        workspace, client);
    if (!done) return done;
  }
  auto stock = left(workspace);
  if (!stock) return forward_error(stock);
  return check_at_most("a stock of client ids", *stock, kMaxStockedClients);
}

Result<TakenClient> ReplicaClients::take(WorkspaceKey workspace) {
  auto stock = left(workspace);
  if (!stock) return forward_error(stock);
  if (*stock == 0) return fail(ErrorCode::NotFound, "there are no client ids left");
  TakenClient taken{0, *stock - 1};
  {
    Cursor row = database_.query(
        "SELECT client FROM clients WHERE workspace = ? AND taken = 0 ORDER BY client LIMIT 1",
        workspace);
    if (row.next()) taken.client = row.count(0);
    if (auto status = row.status(); !status) return forward_error(status);
  }
  auto done = database_.run("UPDATE clients SET taken = 1 WHERE workspace = ? AND client = ?",
                            workspace, taken.client);
  if (!done) return forward_error(done);
  return taken;
}

Result<std::uint64_t> ReplicaClients::left(WorkspaceKey workspace) {
  Cursor row = database_.query("SELECT count(*) FROM clients WHERE workspace = ? AND taken = 0",
                               workspace);
  if (row.next()) return row.count(0);
  if (auto status = row.status(); !status) return forward_error(status);
  return std::uint64_t{0};
}

Result<void> ReplicaClients::drop(WorkspaceKey workspace) {
  return database_.run("UPDATE clients SET taken = 1 WHERE workspace = ? AND taken = 0",
                       workspace);
}

Result<void> ReplicaClients::remove_all(WorkspaceKey workspace) {
  return database_.run("DELETE FROM clients WHERE workspace = ?", workspace);
}

}  // namespace plait::store
