#include "daemon/server/responder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/store/limits.h"
#include "protocol/messages/connect/errors.h"

namespace plait::server {

using messages::connect::ConnectError;
using messages::connect::rpc_error;

namespace {

struct NamedLimit {
  std::string_view what;  ///< to the store
  std::string_view name;  ///< to clients
};
constexpr std::array<NamedLimit, 5> kLimits = {{
    {"a blob", "blob bytes"},
    {"the workspace's bytes", "workspace bytes"},
    {"a member's blobs", "user bytes"},
    {"reactions", "reactions"},
    {"different reactions", "reactions"},
}};

/// Nothing if it is a limit that no client should come to.
std::optional<jsonrpc::RpcError> limit_reached(const Error& error) {
  const auto hit = store::limit_hit(error);
  if (!hit) return std::nullopt;
  const auto* known = std::ranges::find(kLimits, hit->what, &NamedLimit::what);
  if (known == kLimits.end()) return std::nullopt;
  jsonrpc::Json::Object data;
  data.push_back({"limit", jsonrpc::Json(known->name)});
  data.push_back({"maximum", jsonrpc::Json(static_cast<std::int64_t>(hit->limit))});
  return rpc_error(ConnectError::LimitReached, error.message, jsonrpc::Json(std::move(data)));
}

}  // namespace

jsonrpc::RpcError rpc_error_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::NotFound: return rpc_error(ConnectError::NotFound, error.message);
    case ErrorCode::Refused: return rpc_error(ConnectError::Conflict, error.message);
    case ErrorCode::LimitExceeded:
      if (auto refusal = limit_reached(error)) return *std::move(refusal);
      break;
    case ErrorCode::Malformed:
    case ErrorCode::OutOfRange: return rpc_error(ConnectError::Conflict, error.message);
    case ErrorCode::Unsupported:
    case ErrorCode::OutOfMemory:
    case ErrorCode::System:
    case ErrorCode::Damaged: break;
  }
  return rpc_error(ConnectError::Unavailable, "the server cannot do this now");
}

}  // namespace plait::server
