#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/base/assert.h"
#include "protocol/base/either.h"

namespace plait {

/// What a caller may want to switch on; the message is for a person.
enum class ErrorCode : std::uint8_t {
  Malformed,      ///< bytes that no correct peer would send
  Unsupported,    ///< well formed, but not something this build handles
  LimitExceeded,  ///< larger, deeper or more than a named limit allows
  OutOfRange,     ///< an offset or index outside of what it indexes
  NotFound,
  Refused,  ///< understood, and not allowed
  OutOfMemory,
  System,   ///< the machine or a library failed: a disk, a socket, OpenSSL
  Damaged,  ///< what we stored ourselves is not as we wrote it
};

/// The code's name, for logs and tests.
std::string_view name_of(ErrorCode code) noexcept;

struct Error {
  ErrorCode code;
  std::string message;

  /// The same error seen from one layer further up: "reading section 3: varint is cut short".
  [[nodiscard]] Error with_context(std::string_view context) && {
    message.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }
};

/// Carries an Error into any Result<T>, as std::unexpected does.
struct Failure {
  Error error;
};

inline Failure fail(ErrorCode code, std::string message) {
  return Failure{Error{code, std::move(message)}};
}

/// A value or the error why there is none.
template <class T>
class [[nodiscard]] Result : public Either<T, Error> {
  using Base = Either<T, Error>;

 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a value is a result
  Result(T value) : Base(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return fail(…)` reads well
  Result(Failure failure) : Base(std::in_place_index<1>, std::move(failure.error)) {}

  [[nodiscard]] const Error& error() const& { return Base::reason(); }
  [[nodiscard]] Error&& error() && { return std::move(*this).Base::reason(); }
};

/// Success carries nothing, and costs nothing.
template <>
class [[nodiscard]] Result<void> {
 public:
  // Not defaulted: `return {}` would then clear the room for an error too.
  Result() noexcept {}  // NOLINT(modernize-use-equals-default)
  // NOLINTNEXTLINE(google-explicit-constructor): so that `return fail(…)` reads well
  Result(Failure failure) : error_(std::move(failure.error)) {}

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const Error& error() const& {
    PLAIT_ASSERT(!has_value(), "an error to be there before it is read");
    return *error_;
  }
  [[nodiscard]] Error&& error() && {
    PLAIT_ASSERT(!has_value(), "an error to be there before it is read");
    return *std::move(error_);
  }

 private:
  std::optional<Error> error_;
};

/// Hands a failure of one Result on to another: `if (!x) return forward_error(x);`
template <class T>
[[nodiscard]] Failure forward_error(Result<T>& result) {
  return Failure{std::move(result).error()};
}

}  // namespace plait
