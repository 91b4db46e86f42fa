#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "protocol/base/hex.h"
#include "protocol/jsonrpc/json.h"
#include "protocol/wire/message.h"

namespace plait::wire::test {

/// Messages as the vectors describe them.
class Describe {
 public:
  jsonrpc::Json operator()(const SyncStep1& step) const {
    return typed("syncStep1", {{"stateVector", hex(step.state_vector)}});
  }
  jsonrpc::Json operator()(const SyncStep2& step) const {
    return typed("syncStep2", {{"update", hex(step.update)}});
  }
  jsonrpc::Json operator()(const SyncUpdate& update) const {
    return typed("update", {{"update", hex(update.update)}});
  }
  jsonrpc::Json operator()(const Awareness& awareness) const {
    return typed("awareness", {{"states", hex(awareness.states)}});
  }
  jsonrpc::Json operator()(const PermissionDenied& denied) const {
    return typed("permissionDenied", {{"reason", jsonrpc::Json(denied.reason)}});
  }
  jsonrpc::Json operator()(const QueryAwareness& /*query*/) const {
    return typed("queryAwareness", {});
  }
  jsonrpc::Json operator()(const Durable& durable) const {
    return typed("durable", {{"messages", number(durable.messages)}});
  }
  jsonrpc::Json operator()(const TextHash& hash) const {
    return typed("textHash",
                 {{"messages", number(hash.messages)}, {"sha256", hex(view_of(hash.sha256))}});
  }
  jsonrpc::Json operator()(const BlobChunk& chunk) const {
    return typed("blobChunk", {{"blob", hex(view_of(chunk.blob))},
                               {"offset", number(chunk.offset)},
                               {"data", hex(chunk.data)}});
  }

 private:
  static jsonrpc::Json typed(const char* type, jsonrpc::Json::Object members) {
    members.insert(members.begin(), {"type", jsonrpc::Json(type)});
    return jsonrpc::Json(std::move(members));
  }
  static jsonrpc::Json hex(std::string_view bytes) { return jsonrpc::Json(hex_of(bytes)); }
  static jsonrpc::Json number(std::uint64_t value) {
    return jsonrpc::Json(static_cast<std::int64_t>(value));
  }
  static std::string_view view_of(const Sha256& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
  }
};

inline jsonrpc::Json as_json(const Message& message) { return std::visit(Describe{}, message); }

}  // namespace plait::wire::test
