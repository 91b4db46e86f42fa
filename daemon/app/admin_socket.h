#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "daemon/app/open_folder.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/pipe_listener.h"
#include "daemon/server/admin_desk.h"
#include "protocol/base/result.h"

namespace plait::app {

/// How many may ask at one time; more are hung up on.
inline constexpr std::size_t kMaxAdminConnections = 16;

/// Where `plait admin` finds the server that runs over a data folder.
inline constexpr const char* kAdminSocket = "admin.sock";

/// Brings what is asked over the socket in the data folder to the desk. Nobody but the user who
/// runs the server, and root, is listened to.
class AdminSocket {
 public:
  /// The store of this folder is this process's alone. What is borrowed outlives the socket.
  static Result<std::unique_ptr<AdminSocket>> listen(loop::Loop& loop,
                                                     const std::string& folder,
                                                     server::AdminDesk& desk);
  ~AdminSocket();
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;

 private:
  class Connection;

  AdminSocket(OpenFolder folder, server::AdminDesk& desk);
  void accept(std::unique_ptr<loop::PipeStream> stream);
  void release(const Connection& connection);

  OpenFolder folder_;
  server::AdminDesk& desk_;
  std::list<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<loop::PipeListener> listener_;
};

}  // namespace plait::app
