#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/server/room.h"

namespace plait::server {

/// The document that says which files a workspace has.
inline constexpr std::string_view kTreeDocument = "tree";

/// A document of a workspace: `tree`, a file's id, or a path. What it may hold follows from its
/// name.
[[nodiscard]] Room::Config workspace_document(std::string workspace, std::string name);
/// A room of an open server: whatever Yjs sends.
[[nodiscard]] Room::Config open_document(std::string name);

}  // namespace plait::server
