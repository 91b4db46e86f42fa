#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/app/sync_server.h"
#include "daemon/crypto/fingerprint.h"
#include "daemon/crypto/invite_link.h"
#include "protocol/base/result.h"

namespace plait::app {

/// The server inside of the daemon, for folders that are shared without another one. It listens
/// at every address of this machine, on a port that was free when it began for the first time
/// and is its own from then on; so are its id and its certificate. Whoever has joined finds it
/// again by himself.
class EmbeddedServer {
 public:
  /// `folder` is made if there is none. What is borrowed outlives the server.
  static Result<std::unique_ptr<EmbeddedServer>> start(const std::string& folder,
                                                       const SyncServer::Surroundings& around);

  /// Makes a workspace. The link is for its owner, here, once and soon.
  void create_workspace(const std::string& name,
                        std::function<void(Result<crypto::InviteLink>)> answer);

  /// Where others find it.
  [[nodiscard]] std::string host() const;
  [[nodiscard]] std::uint16_t port() const { return server_->address().port; }
  [[nodiscard]] const crypto::Fingerprint& fingerprint() const noexcept { return fingerprint_; }

  // As in SyncServer.
  void end_of_turn() { server_->end_of_turn(); }
  void drain() { server_->drain(); }
  [[nodiscard]] bool is_drained() const noexcept { return server_->is_drained(); }

 private:
  EmbeddedServer(loop::Loop& loop, std::unique_ptr<SyncServer> server,
                 const crypto::Fingerprint& fingerprint);

  void invite_owner(const std::string& workspace,
                    const std::function<void(Result<crypto::InviteLink>)>& answer);

  loop::Loop& loop_;
  const crypto::Fingerprint fingerprint_;
  std::unique_ptr<SyncServer> server_;
};

}  // namespace plait::app
