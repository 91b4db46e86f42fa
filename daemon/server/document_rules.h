#pragma once

#include <string>

#include "daemon/server/room.h"

namespace plait::server {

/// A document of a workspace: `tree`, a file's id, or a path. What it may hold follows from its
/// name.
[[nodiscard]] Room::Config workspace_document(std::string workspace, std::string name);
/// A room of an open server: whatever Yjs sends.
[[nodiscard]] Room::Config open_document(std::string name);

}  // namespace plait::server
