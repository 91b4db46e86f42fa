#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/jsonrpc/json.h"

namespace plait::jsonrpc {

// JSON-RPC 2.0, with parameters by name. Batches are refused: a peer that wants several things
// sends several messages.

/// What the caller named its request: an integer or a string.
using RequestId = std::variant<std::int64_t, std::string>;

inline constexpr std::size_t kMaxRequestIdBytes = 128;
inline constexpr std::size_t kMaxMethodBytes = 128;

/// The codes of the JSON-RPC specification. Protocols add their own.
enum class StandardError : std::int16_t {
  ParseError = -32700,      ///< not JSON, or beyond a limit
  InvalidRequest = -32600,  ///< JSON, but no message
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
};

struct RpcError {
  std::int64_t code = 0;
  std::string message;  ///< for a person
  Json data;            ///< for a program; null: none

  RpcError() = default;
  RpcError(std::int64_t error_code, std::string text, Json details = {})
      : code(error_code), message(std::move(text)), data(std::move(details)) {}
  RpcError(StandardError error_code, std::string text)
      : RpcError(static_cast<std::int64_t>(error_code), std::move(text)) {}

  bool operator==(const RpcError&) const = default;
};

/// Wants an answer. `params` is an object.
struct Request {
  RequestId id;
  std::string method;
  Json params;

  bool operator==(const Request&) const = default;
};

struct Notification {
  std::string method;
  Json params;

  bool operator==(const Notification&) const = default;
};

struct Response {
  RequestId id;
  Json result;

  bool operator==(const Response&) const = default;
};

struct ErrorResponse {
  std::optional<RequestId> id;  ///< none if the request could not be read that far
  RpcError error;

  bool operator==(const ErrorResponse&) const = default;
};

/// Not a message. `answer` is what the sender is to be told; it names the request if that much
/// could be read. What claims to be a response or a notification is not to be answered.
struct Unreadable {
  ErrorResponse answer;
  bool answerable = true;

  bool operator==(const Unreadable&) const = default;
};

using Message = std::variant<Request, Notification, Response, ErrorResponse, Unreadable>;

/// Reads one body, without the framing around it. Members that JSON-RPC does not know are
/// ignored; absent params are an empty object.
[[nodiscard]] Message parse_message(std::string_view body, const JsonLimits& limits);

[[nodiscard]] std::string write_message(const Request& request);
[[nodiscard]] std::string write_message(const Notification& notification);
[[nodiscard]] std::string write_message(const Response& response);
[[nodiscard]] std::string write_message(const ErrorResponse& response);

}  // namespace plait::jsonrpc
