#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/base/assert.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/errors.h"

namespace plait::people {

/// A value, or what whoever asked is told instead. As Result, with the protocol's errors: a
/// refusal is an answer, and which one it is belongs to the protocol.
template <class T>
class [[nodiscard]] Outcome {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a value is an outcome
  Outcome(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return not_found(…)` reads well
  Outcome(jsonrpc::RpcError refusal) : state_(std::in_place_index<1>, std::move(refusal)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & { return *check(); }
  const T& operator*() const& { return *check(); }
  T&& operator*() && { return std::move(*check()); }
  T* operator->() { return check(); }
  const T* operator->() const { return check(); }

  [[nodiscard]] const jsonrpc::RpcError& refusal() const {
    PLAIT_ASSERT(!has_value(), "a refusal to be there before it is read");
    return *std::get_if<1>(&state_);
  }

 private:
  T* check() {
    PLAIT_ASSERT(has_value(), "success to be checked before the value is read");
    return std::get_if<0>(&state_);
  }
  const T* check() const {
    PLAIT_ASSERT(has_value(), "success to be checked before the value is read");
    return std::get_if<0>(&state_);
  }

  std::variant<T, jsonrpc::RpcError> state_;
};

// What is said in more than one place.

[[nodiscard]] jsonrpc::RpcError not_found(std::string_view what);
[[nodiscard]] jsonrpc::RpcError conflict(std::string message);
[[nodiscard]] jsonrpc::RpcError limit_reached(std::string_view limit, std::size_t maximum);
[[nodiscard]] jsonrpc::RpcError too_fast(std::int64_t retry_after_ms);
/// Wrong, expired, revoked or used up: always this one.
[[nodiscard]] jsonrpc::RpcError invite_refused();

}  // namespace plait::people
