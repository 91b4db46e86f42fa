#include "daemon/people/outcome.h"

namespace plait::people {

using jsonrpc::Json;
using jsonrpc::RpcError;
using messages::connect::ConnectError;
using messages::connect::rpc_error;

RpcError not_found(std::string_view what) {
  return rpc_error(ConnectError::NotFound, std::string("there is no such ").append(what));
}

RpcError conflict(std::string message) {
  return rpc_error(ConnectError::Conflict, std::move(message));
}

RpcError limit_reached(std::string_view limit, std::size_t maximum) {
  Json::Object data;
  data.push_back({"limit", Json(limit)});
  data.push_back({"maximum", Json(static_cast<std::int64_t>(maximum))});
  return rpc_error(ConnectError::LimitReached,
                   "there may be " + std::to_string(maximum) + " " + std::string(limit),
                   Json(std::move(data)));
}

RpcError too_fast(std::int64_t retry_after_ms) {
  Json::Object data;
  data.push_back({"retryAfterMs", Json(retry_after_ms)});
  return rpc_error(ConnectError::TooFast, "too often; try again later", Json(std::move(data)));
}

RpcError invite_refused() {
  return rpc_error(ConnectError::InviteRefused, "this invite lets nobody in");
}

}  // namespace plait::people
