#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::server {

/// A room that a request names: `/yjs/<room>` in an open server, otherwise
/// `/yjs/<workspace>/<path of a file>`.
struct RoomName {
  std::string workspace;
  std::string name;
};

/// NotFound if it names none. Names are UTF-8 without control characters.
Result<RoomName> open_room(std::string_view path);
/// The same for a file of a workspace, as check_relative_path() has it.
Result<RoomName> workspace_room(std::string_view path);

/// The token of a request, from `?token=` or from the subprotocol `plait.token.<token>`
/// (browsers can set nothing else). Empty if there is none.
[[nodiscard]] std::string token_of(std::string_view query,
                                   std::span<const std::string> subprotocols);

/// A browser expects one of the subprotocols it offered; beside the token's there is this.
inline constexpr std::string_view kYjsSubprotocol = "plait.yjs";

}  // namespace plait::server
