#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "protocol/jsonrpc/message.h"

namespace plait::messages::connect {

/// The codes of errors on /v1/connect, beside those of JSON-RPC itself.
enum class ConnectError : std::int16_t {
  UnsupportedVersion = -32001,  ///< or capability. data: {supported, missing}
  NotReady = -32002,            ///< `hello`, a login or `workspace/open` has to come first
  LoginRefused = -32030,        ///< one answer, whatever was wrong
  InviteRefused = -32031,       ///< wrong, expired, revoked or used up: one answer
  PasswordRefused = -32032,     ///< the invite wants a password, or another one
  Forbidden = -32040,           ///< not in this role. data: {role}
  NotFound = -32041,
  Conflict = -32042,      ///< an id used for something else, the last owner, a channel in use
  LimitReached = -32043,  ///< of what a workspace or user may have. data: {limit, maximum}
  TooFast = -32044,       ///< data: {retryAfterMs}
  Unavailable = -32045,   ///< the server cannot store, or is stopping. Try again later
};

inline jsonrpc::RpcError rpc_error(ConnectError code, std::string message,
                                   jsonrpc::Json data = {}) {
  return {static_cast<std::int64_t>(code), std::move(message), std::move(data)};
}

}  // namespace plait::messages::connect
