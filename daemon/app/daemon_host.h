#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include <sys/stat.h>

#include "daemon/app/editor_peer.h"
#include "daemon/app/embedded_server.h"
#include "daemon/app/home.h"
#include "daemon/app/mailbox.h"
#include "daemon/crypto/device_key.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/timer.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/tls.h"
#include "daemon/net/workbench.h"
#include "daemon/store/sqlite_replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/support/metrics.h"
#include "daemon/workspace/outside.h"
#include "daemon/workspace/shelf.h"
#include "protocol/base/result.h"

namespace plait::app {

class ShelfPeer;

/// What the daemon is there for: the shared folders of this machine, their editors, and the
/// server that it runs itself. Puts real disks, connections and a real store around the cores.
class DaemonHost final : public EditorHost, private workspace::Outside {
 public:
  /// The loop and the home outlive it.
  static Result<std::unique_ptr<EditorHost>> start(loop::Loop& loop, const Home& home);
  ~DaemonHost() override;

  std::unique_ptr<EditorPeer> welcome(EditorLine& line) override;
  [[nodiscard]] bool is_busy() const override { return shelf_->has_headless(); }
  void end_of_turn() override;
  void drain() override;
  [[nodiscard]] bool is_drained() const override;

 private:
  friend class ShelfPeer;

  DaemonHost(loop::Loop& loop, const Home& home, crypto::DeviceKey device, net::TlsContext tls);

  Result<void> open();
  [[nodiscard]] bool has_had(const std::string& file, std::string_view text) const;

  // workspace::Outside
  Result<std::string> real_folder(const std::string& path, bool makes) override;
  Result<std::unique_ptr<folder::Disk>> open_disk(const std::string& workspace,
                                                  const std::string& folder) override;
  Result<std::unique_ptr<workspace::BlackBoxFile>> open_black_box(
      const std::string& workspace) override;
  std::unique_ptr<workspace::Connection> connect(sync::Session& session,
                                                 const workspace::ServerPlace& server) override;
  Result<workspace::ServerPlace> embedded_server() override;
  void make_workspace(const std::string& name,
                      std::function<void(Result<crypto::InviteLink>)> then) override;
  Result<workspace::ServerPlace> public_place(const std::string& wanted_host) override;

  Result<EmbeddedServer*> server();

  loop::Loop& loop_;
  const Home& home_;
  const crypto::DeviceKey device_;
  const net::TlsContext tls_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  Metrics metrics_;
  Mailbox mailbox_;
  Agenda agenda_;
  net::Workbench bench_;
  net::MaskSource masks_;
  std::unique_ptr<store::SqliteReplicaStore> store_;
  std::unique_ptr<EmbeddedServer> server_;
  std::unique_ptr<workspace::Shelf> shelf_;
  std::list<ShelfPeer*> peers_;
  loop::Timer deadline_;
  std::optional<MonotonicTime> deadline_at_;
};

}  // namespace plait::app
