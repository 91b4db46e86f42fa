#include "protocol/jsonrpc/json.h"

#include <algorithm>
#include <cmath>

namespace plait::jsonrpc {

Json::Json(double value) : value_(value) {
  PLAIT_ASSERT(std::isfinite(value), "a number that JSON can write");
}

const Json* Json::find(std::string_view name) const noexcept {
  const Object* members = as_object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, name, &Member::name);
  return found == members->end() ? nullptr : &found->value;
}

bool Json::operator==(const Json& other) const { return value_ == other.value_; }

}  // namespace plait::jsonrpc
