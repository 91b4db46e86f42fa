#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/base/assert.h"
#include "protocol/base/result.h"

namespace plait::jsonrpc {

/// Integers beyond this are not exact in JavaScript. No field has one.
inline constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

/// One JSON value. A number with an integer value that JavaScript holds exactly is an integer
/// here, however it was written (`1`, `1.0`, `1e0`); all others are reals.
class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;  ///< in the order in which they were written

  Json() noexcept;  ///< null
  explicit Json(std::same_as<bool> auto value);
  explicit Json(std::int64_t value);
  /// Neither infinite nor not a number.
  explicit Json(double value);
  explicit Json(std::string text);
  explicit Json(std::string_view text);
  explicit Json(const char* text);
  explicit Json(Array elements);
  explicit Json(Object members);

  [[nodiscard]] bool is_null() const noexcept {
    return std::holds_alternative<std::monostate>(value_);
  }
  // What it is, or null if it is something else.
  [[nodiscard]] const bool* as_bool() const noexcept { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* as_integer() const noexcept {
    return std::get_if<std::int64_t>(&value_);
  }
  [[nodiscard]] const double* as_real() const noexcept { return std::get_if<double>(&value_); }
  [[nodiscard]] const std::string* as_string() const noexcept {
    return std::get_if<std::string>(&value_);
  }
  [[nodiscard]] const Array* as_array() const noexcept { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* as_object() const noexcept {
    return std::get_if<Object>(&value_);
  }
  [[nodiscard]] Array* as_array() noexcept { return std::get_if<Array>(&value_); }
  [[nodiscard]] Object* as_object() noexcept { return std::get_if<Object>(&value_); }

  /// An object's member; null if there is none, or if this is no object.
  [[nodiscard]] const Json* find(std::string_view name) const noexcept;

  /// Members count in their order.
  bool operator==(const Json& other) const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string name;
  Json value;

  bool operator==(const Member&) const = default;
};

// Here, because they need to know what a member is.
inline Json::Json() noexcept = default;
Json::Json(std::same_as<bool> auto value) : value_(value) {}
inline Json::Json(std::int64_t value) : value_(value) {}
inline Json::Json(std::string text) : value_(std::move(text)) {}
inline Json::Json(std::string_view text) : value_(std::string(text)) {}
inline Json::Json(const char* text) : value_(std::string(text)) {}
inline Json::Json(Array elements) : value_(std::move(elements)) {}
inline Json::Json(Object members) : value_(std::move(members)) {}

/// How much a text may make a parser do.
struct JsonLimits {
  std::size_t max_bytes = std::size_t{1} << 20;
  std::size_t max_depth = 64;  ///< arrays and objects inside of one another
  /// Values take up to 20 times the bytes that they are written in, so they are counted too.
  std::size_t max_values = 100'000;
};

/// Reads a whole text. Stricter than most: valid UTF-8 alone (also what escapes stand for), no
/// object that names a member twice, no number beyond what a double holds, nothing behind the
/// value but space.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits);

/// The shortest text, without space. What it is given must be valid UTF-8.
[[nodiscard]] std::string write_json(const Json& value);

}  // namespace plait::jsonrpc
