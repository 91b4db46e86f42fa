#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "daemon/app/admin_socket.h"
#include "daemon/app/back_office.h"
#include "daemon/app/mailbox.h"
#include "daemon/app/process_memory.h"
#include "daemon/app/reception.h"
#include "daemon/app/serve_options.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"
#include "daemon/net/websocket_server.h"
#include "daemon/net/workbench.h"
#include "daemon/server/server.h"
#include "daemon/server/token_gatekeeper.h"
#include "daemon/store/sqlite_server_store.h"
#include "daemon/support/clock.h"
#include "daemon/support/metrics.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::app {

/// A sync server with its store and its sockets, inside of some process: what `plait serve`
/// runs, and what the daemon runs for folders that are shared without a server.
class SyncServer {
 public:
  /// Of the process. All of them outlive the server.
  struct Surroundings {
    loop::Loop& loop;
    const Clock& clock;
    Random& random;
    Metrics& metrics;
  };
  static Result<std::unique_ptr<SyncServer>> start(const ServeOptions& options,
                                                   const Surroundings& around);
  ~SyncServer();
  SyncServer(const SyncServer&) = delete;
  SyncServer& operator=(const SyncServer&) = delete;

  /// Once in each turn of the loop.
  void end_of_turn();
  /// Takes nothing new from now on; is_drained() is true when all there was is on disk, and
  /// everybody has been told and is gone.
  void drain();
  [[nodiscard]] bool is_drained() const noexcept;
  /// For connections that come from now on.
  Result<void> reload_certificate();

  [[nodiscard]] const loop::SocketAddress& address() const { return connections_->address(); }
  /// Of the certificate, in hexadecimal digits; empty without TLS.
  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }
  [[nodiscard]] BackOffice& back_office() noexcept { return *back_office_; }
  [[nodiscard]] const server::Server& server() const noexcept { return *server_; }
  [[nodiscard]] const net::WebSocketServer& connections() const noexcept {
    return *connections_;
  }
  [[nodiscard]] std::size_t unsaved_bytes() const { return store_->queued_bytes(); }
  /// What else this process serves on the same loop.
  [[nodiscard]] net::Workbench& bench() noexcept { return bench_; }

 private:
  SyncServer(ServeOptions options, const Surroundings& around);

  Result<void> open_store();
  Result<void> open_office();
  Result<void> open_gate();
  Result<void> listen();
  Result<void> listen_for_admin();
  void remember_address();

  const ServeOptions options_;
  const Surroundings around_;
  Mailbox mailbox_;
  Histogram& commits_;
  std::unique_ptr<store::SqliteServerStore> store_;
  std::unique_ptr<BackOffice> back_office_;
  std::unique_ptr<server::TokenGatekeeper> gatekeeper_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Reception> reception_;
  net::Workbench bench_;
  std::unique_ptr<net::WebSocketServer> connections_;
  std::unique_ptr<AdminSocket> admin_socket_;
  std::string fingerprint_;
  loop::Timer deadline_;
  std::optional<MonotonicTime> deadline_at_;
  std::optional<MemoryReturn> memory_return_;
};

}  // namespace plait::app
