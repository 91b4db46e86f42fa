#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "protocol/jsonrpc/message.h"

namespace plait::messages::editor {

/// The codes of errors of the editor protocol, beside those of JSON-RPC itself.
enum class EditorError : std::int16_t {
  UnsupportedVersion = -32001,  ///< data: {supported}
  NotInitialized = -32002,
  DaemonEnded = -32003,     ///< before it answered; the bridge says so
  FolderDiffers = -32010,   ///< data: {same, onlyLocal, onlyRemote, different}
  NoWorkspace = -32011,     ///< the folder was never shared or joined
  NotJoined = -32012,       ///< the server cannot be reached, or does not let us in
  PasswordWanted = -32013,  ///< the invite wants a password, or another one
  Outside = -32020,         ///< of any open workspace
  Excluded = -32021,        ///< by rules
  ReadOnly = -32022,
  StaleEpoch = -32023,  ///< the editor has to resync
  NotText = -32024,
};

inline jsonrpc::RpcError rpc_error(EditorError code, std::string message,
                                   jsonrpc::Json data = {}) {
  return {static_cast<std::int64_t>(code), std::move(message), std::move(data)};
}

}  // namespace plait::messages::editor
