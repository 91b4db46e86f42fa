#include "protocol/jsonrpc/message.h"

#include <utility>

namespace plait::jsonrpc {
namespace {

/// The error that answers a text which is no JSON to us.
RpcError as_rpc_error(Error&& error) {
  return {StandardError::ParseError, std::move(error.message)};
}

Json take(Json& object, std::string_view name) {
  for (Json::Member& member : *object.as_object()) {
    if (member.name == name) return std::exchange(member.value, Json());
  }
  return {};
}

/// Nothing if it is neither an integer nor a short string. Null is not an id: JSON-RPC 2.0
/// keeps it for answers to what could not be read.
std::optional<RequestId> read_id(const Json& id) {
  if (const std::int64_t* number = id.as_integer()) return RequestId{*number};
  const std::string* text = id.as_string();
  if (text != nullptr && text->size() <= kMaxRequestIdBytes) return RequestId{*text};
  return std::nullopt;
}

Unreadable invalid(std::optional<RequestId> id, const char* what) {
  return {{std::move(id), {StandardError::InvalidRequest, what}}};
}

Unreadable invalid_response(std::optional<RequestId> id, const char* what) {
  Unreadable unreadable = invalid(std::move(id), what);
  unreadable.answerable = false;
  return unreadable;
}

/// What has a method.
Message read_call(Json& body, std::optional<RequestId> id, bool has_id) {
  if (has_id && !id) return invalid(std::nullopt, "id: expected an integer or a short string");
  // Nobody waits for the answer to a notification.
  const auto refuse = [&](StandardError code, const char* what) {
    return Unreadable{{std::move(id), {code, what}}, has_id};
  };
  Json name = take(body, "method");
  const std::string* method = name.as_string();
  if (method == nullptr || method->empty() || method->size() > kMaxMethodBytes) {
    return refuse(StandardError::InvalidRequest, "method: expected a name");
  }
  Json params = take(body, "params");
  if (params.is_null()) params = Json(Json::Object{});
  if (params.as_object() == nullptr) {
    return refuse(StandardError::InvalidParams, "params: expected an object");
  }
  if (!has_id) return Notification{*method, std::move(params)};
  return Request{*std::move(id), *method, std::move(params)};
}

Message read_error(Json& body, std::optional<RequestId> id) {
  Json error = take(body, "error");
  const Json* code = error.find("code");
  const Json* message = error.find("message");
  if (code == nullptr || code->as_integer() == nullptr || message == nullptr ||
      message->as_string() == nullptr) {
    return invalid_response(std::move(id), "error: expected a code and a message");
  }
  RpcError read(*code->as_integer(), *message->as_string());
  if (error.find("data") != nullptr) read.data = take(error, "data");
  return ErrorResponse{std::move(id), std::move(read)};
}

/// What has a result or an error.
Message read_response(Json& body, std::optional<RequestId> id, bool is_error) {
  if (is_error) {
    const Json* given = body.find("id");
    if (!id && given != nullptr && !given->is_null()) {
      return invalid_response(std::nullopt, "id: expected an integer or a short string");
    }
    return read_error(body, std::move(id));
  }
  if (!id) return invalid_response(std::nullopt, "id: expected what was asked under");
  return Response{*std::move(id), take(body, "result")};
}

Json as_json(const RequestId& id) {
  return std::visit([](const auto& value) { return Json(value); }, id);
}

std::string write_members(Json::Object members) {
  members.insert(members.begin(), {"jsonrpc", Json("2.0")});
  return write_json(Json(std::move(members)));
}

/// No params are written for none.
void add_params(Json::Object& members, const Json& params) {
  const Json::Object* object = params.as_object();
  if (object != nullptr && !object->empty()) members.push_back({"params", params});
}

}  // namespace

Message parse_message(std::string_view text, const JsonLimits& limits) {
  Result<Json> parsed = parse_json(text, limits);
  if (!parsed) return Unreadable{{std::nullopt, as_rpc_error(std::move(parsed).error())}};
  Json& body = *parsed;
  if (body.as_array() != nullptr) return invalid(std::nullopt, "batches are not supported");
  if (body.as_object() == nullptr) return invalid(std::nullopt, "expected an object");

  const Json* given_id = body.find("id");
  std::optional<RequestId> id;
  if (given_id != nullptr) id = read_id(*given_id);
  const bool has_method = body.find("method") != nullptr;
  const bool has_result = body.find("result") != nullptr;
  const bool has_error = body.find("error") != nullptr;

  const Json* version = body.find("jsonrpc");
  if (version == nullptr || *version != Json("2.0")) {
    Unreadable unreadable = invalid(std::move(id), "jsonrpc: expected \"2.0\"");
    unreadable.answerable = has_method || (!has_result && !has_error);
    return unreadable;
  }
  if (has_method) {
    if (has_result || has_error) return invalid(std::move(id), "both a call and an answer");
    return read_call(body, std::move(id), given_id != nullptr);
  }
  if (has_result && has_error) {
    return invalid_response(std::move(id), "both a result and an error");
  }
  if (has_result || has_error) return read_response(body, std::move(id), has_error);
  return invalid(std::move(id), "expected a method, a result or an error");
}

std::string write_message(const Request& request) {
  Json::Object members{{"id", as_json(request.id)}, {"method", Json(request.method)}};
  add_params(members, request.params);
  return write_members(std::move(members));
}

std::string write_message(const Notification& notification) {
  Json::Object members{{"method", Json(notification.method)}};
  add_params(members, notification.params);
  return write_members(std::move(members));
}

std::string write_message(const Response& response) {
  return write_members({{"id", as_json(response.id)}, {"result", response.result}});
}

std::string write_message(const ErrorResponse& response) {
  Json::Object error{{"code", Json(response.error.code)},
                     {"message", Json(response.error.message)}};
  if (!response.error.data.is_null()) error.push_back({"data", response.error.data});
  return write_members({{"id", response.id ? as_json(*response.id) : Json()},
                        {"error", Json(std::move(error))}});
}

}  // namespace plait::jsonrpc
