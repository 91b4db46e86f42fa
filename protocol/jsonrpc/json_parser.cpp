#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "protocol/base/utf8.h"
#include "protocol/jsonrpc/json.h"

namespace plait::jsonrpc {
namespace {

// How RapidJSON 1.1.0 is used, and why:
// - iteratively, because the recursive parser runs out of stack on deep input;
// - on a stream that knows its length, and without kParseValidateEncodingFlag, which reads out
//   of bounds on others. UTF-8 is validated before. The stream answers NUL behind its end, and
//   the parser takes a NUL for the end, so whether it got there is checked afterwards;
// - with numbers left as text: its own conversion overflows an int for numbers such as
//   0.00000000000000000001e-2147483639 and then reads behind a table, is not exact, and makes
//   infinity of some. kParseFullPrecisionFlag reads out of bounds on long numbers;
// - with every string validated again, because it makes invalid UTF-8 of a lone "\udc00".
constexpr unsigned kFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

bool names_a_member_twice(const Json::Object& members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const Json::Member& member : members) names.push_back(member.name);
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

/// Builds a value of the reader's events.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) {}

  bool Null() { return add(Json()); }
  bool Bool(bool value) { return add(Json(value)); }

  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const char* end = text + length;
    std::int64_t integer = 0;
    const auto whole = std::from_chars(text, end, integer);
    if (whole.ec == std::errc() && whole.ptr == end && -kMaxSafeInteger <= integer &&
        integer <= kMaxSafeInteger) {
      return add(Json(integer));
    }
    double real = 0;
    const auto parsed = std::from_chars(text, end, real);
    if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(real)) {
      return refuse(ErrorCode::Malformed, "a number is out of range");
    }
    const bool is_integer =
        std::abs(real) <= static_cast<double>(kMaxSafeInteger) && std::trunc(real) == real;
    return add(is_integer ? Json(static_cast<std::int64_t>(real)) : Json(real));
  }

  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view value(text, length);
    return check_text(value) && add(Json(value));
  }

  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view name(text, length);
    if (!check_text(name)) return false;
    open_.back().name = name;
    return true;
  }

  bool StartObject() { return open(Json(Json::Object{})); }
  bool StartArray() { return open(Json(Json::Array{})); }
  bool EndObject(rapidjson::SizeType /*members*/) {
    if (names_a_member_twice(*open_.back().value.as_object())) {
      return refuse(ErrorCode::Malformed, "an object names a member twice");
    }
    return close();
  }
  bool EndArray(rapidjson::SizeType /*elements*/) { return close(); }

  [[nodiscard]] Json take() && { return std::move(root_); }
  [[nodiscard]] std::optional<Error>& failure() noexcept { return failure_; }

 private:
  /// An array or object whose end has not come yet.
  struct Open {
    Json value;
    std::string name;  ///< of the member that is next
  };

  bool refuse(ErrorCode code, std::string message) {
    failure_ = Error{code, std::move(message)};
    return false;
  }

  bool check_text(std::string_view text) {
    return is_valid_utf8(text) ||
           refuse(ErrorCode::Malformed, "a string holds half of a surrogate pair");
  }

  bool count_value() {
    return ++values_ <= limits_.max_values ||
           refuse(ErrorCode::LimitExceeded,
                  "more than " + std::to_string(limits_.max_values) + " values");
  }

  bool add(Json value) {
    if (!count_value()) return false;
    put(std::move(value));
    return true;
  }

  void put(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Json::Array* elements = open_.back().value.as_array()) {
      elements->push_back(std::move(value));
    } else {
      open_.back().value.as_object()->push_back(
          {std::move(open_.back().name), std::move(value)});
    }
  }

  bool open(Json container) {
    if (open_.size() == limits_.max_depth) {
      return refuse(ErrorCode::LimitExceeded,
                    "nested deeper than " + std::to_string(limits_.max_depth));
    }
    if (!count_value()) return false;
    open_.push_back({std::move(container), {}});
    return true;
  }

  bool close() {
    Json whole = std::move(open_.back().value);
    open_.pop_back();
    put(std::move(whole));
    return true;
  }

  JsonLimits limits_;
  Json root_;
  std::vector<Open> open_;
  std::size_t values_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return fail(ErrorCode::LimitExceeded,
                "longer than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (!is_valid_utf8(text)) return fail(ErrorCode::Malformed, "not valid UTF-8");

  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(limits);
  const rapidjson::ParseResult parsed = reader.Parse<kFlags>(stream, builder);
  if (builder.failure()) return Failure{*std::move(builder.failure())};
  if (parsed.IsError()) {
    return fail(ErrorCode::Malformed, std::string("byte ") + std::to_string(parsed.Offset()) +
                                          ": " + rapidjson::GetParseError_En(parsed.Code()));
  }
  if (stream.Tell() != text.size()) {
    return fail(ErrorCode::Malformed, "something follows the end of the value");
  }
  return std::move(builder).take();
}

}  // namespace plait::jsonrpc
