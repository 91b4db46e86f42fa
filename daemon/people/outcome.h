#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/either.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/errors.h"

namespace plait::people {

/// A value, or what whoever asked is told instead. As Result, with the protocol's errors: a
/// refusal is an answer, and which one it is belongs to the protocol.
template <class T>
class [[nodiscard]] Outcome : public Either<T, jsonrpc::RpcError> {
  using Base = Either<T, jsonrpc::RpcError>;

 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a value is an outcome
  Outcome(T value) : Base(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return not_found(…)` reads well
  Outcome(jsonrpc::RpcError refusal) : Base(std::in_place_index<1>, std::move(refusal)) {}

  [[nodiscard]] const jsonrpc::RpcError& refusal() const { return Base::reason(); }
};

// What is said in more than one place.

[[nodiscard]] jsonrpc::RpcError not_found(std::string_view what);
[[nodiscard]] jsonrpc::RpcError conflict(std::string message);
[[nodiscard]] jsonrpc::RpcError limit_reached(std::string_view limit, std::size_t maximum);
[[nodiscard]] jsonrpc::RpcError too_fast(std::int64_t retry_after_ms);
/// Wrong, expired, revoked or used up: always this one.
[[nodiscard]] jsonrpc::RpcError invite_refused();

}  // namespace plait::people
