#include "daemon/server/target.h"

#include <utility>

#include "daemon/net/http_head.h"
#include "daemon/server/limits.h"
#include "protocol/base/relative_path.h"

namespace plait::server {
namespace {

constexpr std::string_view kPrefix = "/yjs/";
constexpr std::string_view kTokenKey = "token";
constexpr std::string_view kTokenSubprotocol = "plait.token.";

Failure no_such_room() { return fail(ErrorCode::NotFound, "there is no such room"); }

/// What follows /yjs/, decoded.
Result<std::string> name_in(std::string_view path) {
  if (!path.starts_with(kPrefix)) return no_such_room();
  auto name = net::percent_decoded(path.substr(kPrefix.size()));
  if (!name || name->empty() || name->size() > kMaxRoomNameBytes) return no_such_room();
  return name;
}

}  // namespace

Result<RoomName> open_room(std::string_view path) {
  auto name = name_in(path);
  if (!name) return forward_error(name);
  return RoomName{{}, *std::move(name)};
}

Result<RoomName> workspace_room(std::string_view path) {
  auto name = name_in(path);
  if (!name) return forward_error(name);
  const std::size_t slash = name->find('/');
  if (slash == 0 || slash == std::string::npos) return no_such_room();
  RoomName room{name->substr(0, slash), name->substr(slash + 1)};
  if (!check_relative_path(room.name)) return no_such_room();
  return room;
}

std::string token_of(std::string_view query, std::span<const std::string> subprotocols) {
  auto token = net::query_parameter(query, kTokenKey);
  if (!token) return {};
  if (*token) return **std::move(token);
  for (const std::string& offered : subprotocols) {
    if (offered.starts_with(kTokenSubprotocol)) return offered.substr(kTokenSubprotocol.size());
  }
  return {};
}

}  // namespace plait::server
