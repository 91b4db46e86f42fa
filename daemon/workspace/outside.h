#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/crypto/fingerprint.h"
#include "daemon/crypto/invite_link.h"
#include "daemon/folder/disk.h"
#include "daemon/sync/session.h"
#include "daemon/workspace/black_box.h"
#include "protocol/base/result.h"

namespace plait::workspace {

/// Where a server is, and how it is known.
struct ServerPlace {
  std::string host;
  std::uint16_t port = 0;
  std::optional<crypto::Fingerprint> fingerprint;
};

/// What keeps a session connected, for as long as it lives.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;
  /// Somebody wants it to be tried now.
  virtual void try_now() = 0;
};

/// The machine and the network around the workspaces: a simulation has one of its own.
class Outside {
 public:
  Outside() = default;
  Outside(const Outside&) = delete;
  Outside& operator=(const Outside&) = delete;
  virtual ~Outside() = default;

  /// The folder's own path: absolute, without links. Made if `makes` and it is not there.
  virtual Result<std::string> real_folder(const std::string& path, bool makes) = 0;
  virtual Result<std::unique_ptr<folder::Disk>> open_disk(const std::string& workspace,
                                                          const std::string& folder) = 0;
  /// Where it is written down what editors have open of a workspace.
  virtual Result<std::unique_ptr<BlackBoxFile>> open_black_box(
      const std::string& workspace) = 0;
  /// The session outlives what this gives.
  virtual std::unique_ptr<Connection> connect(sync::Session& session,
                                              const ServerPlace& server) = 0;

  /// The server of this very process, which begins now if it has not: how workspaces in it are
  /// reached from here.
  virtual Result<ServerPlace> embedded_server() = 0;
  /// A new workspace in it, and an invite that makes this device its owner.
  virtual void make_workspace(const std::string& name,
                              std::function<void(Result<crypto::InviteLink>)> then) = 0;
  /// How others reach the embedded server.
  virtual Result<ServerPlace> public_place(const std::string& wanted_host) = 0;
};

}  // namespace plait::workspace
