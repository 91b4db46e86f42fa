#pragma once

#include <utility>
#include <variant>

#include "protocol/base/assert.h"

namespace plait {

/// A value or the reason why there is none: what Result and its like have in common, with the
/// member names of std::expected.
template <class T, class Reason>
class Either {
 public:
  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & { return *check(); }
  [[nodiscard]] const T& value() const& { return *check(); }
  [[nodiscard]] T&& value() && { return std::move(*check()); }
  T& operator*() & { return *check(); }
  const T& operator*() const& { return *check(); }
  T&& operator*() && { return std::move(*check()); }
  T* operator->() { return check(); }
  const T* operator->() const { return check(); }

  template <class U>
  [[nodiscard]] T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }

 protected:
  explicit Either(std::in_place_index_t<0> value_tag, T value)
      : state_(value_tag, std::move(value)) {}
  explicit Either(std::in_place_index_t<1> reason_tag, Reason reason)
      : state_(reason_tag, std::move(reason)) {}

  [[nodiscard]] const Reason& reason() const& {
    PLAIT_ASSERT(!has_value(), "an error to be there before it is read");
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Reason&& reason() && {
    PLAIT_ASSERT(!has_value(), "an error to be there before it is read");
    return std::move(*std::get_if<1>(&state_));
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

  std::variant<T, Reason> state_;
};

}  // namespace plait
