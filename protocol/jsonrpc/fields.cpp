#include "protocol/jsonrpc/fields.h"

#include <algorithm>

#include "protocol/base/base64.h"
#include "protocol/base/hex.h"

namespace plait::jsonrpc {
namespace {

bool is_token_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '-' || c == '_' || c == '.';
}

/// C0, DEL and C1, the latter in UTF-8.
bool has_control_character(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

std::string_view view_of(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool Token::allows(std::string_view text) const noexcept {
  return !text.empty() && text.size() <= max && std::ranges::all_of(text, is_token_character);
}

std::string FieldPath::str() const {
  if (parent_ == nullptr) return std::string(name_);
  std::string path = parent_->str();
  if (name_.empty()) return path.append("[").append(std::to_string(index_)).append("]");
  return path.append(".").append(name_);
}

void ValueReader::refuse(const FieldPath& at, ErrorCode code, std::string_view what) {
  if (ok()) failure_ = Error{code, at.str().append(": ").append(what)};
}

void ValueReader::read(const Json& value, const FieldPath& at, bool& out) {
  const bool* boolean = value.as_bool();
  if (boolean == nullptr) return refuse(at, ErrorCode::Malformed, "expected true or false");
  out = *boolean;
}

void ValueReader::read(const Json& value, const FieldPath& at, std::int64_t& out,
                       const Range& range) {
  const std::int64_t* integer = value.as_integer();
  if (integer == nullptr) return refuse(at, ErrorCode::Malformed, "expected an integer");
  if (*integer < range.min || *integer > range.max) {
    return refuse(at, ErrorCode::OutOfRange,
                  "expected " + std::to_string(range.min) + " to " + std::to_string(range.max));
  }
  out = *integer;
}

const std::string* ValueReader::text(const Json& value, const FieldPath& at, std::size_t min,
                                     std::size_t max) {
  const std::string* text = value.as_string();
  if (text == nullptr) {
    refuse(at, ErrorCode::Malformed, "expected a string");
  } else if (text->size() > max) {
    refuse(at, ErrorCode::LimitExceeded, "longer than " + std::to_string(max) + " bytes");
  } else if (text->size() < min) {
    refuse(at, ErrorCode::Malformed,
           min == 1 ? "empty" : "shorter than " + std::to_string(min) + " bytes");
  } else {
    return text;
  }
  return nullptr;
}

void ValueReader::read(const Json& value, const FieldPath& at, std::string& out,
                       const Text& limit) {
  if (const std::string* given = text(value, at, limit.min, limit.max)) out = *given;
}

void ValueReader::read(const Json& value, const FieldPath& at, std::string& out,
                       const Line& limit) {
  const std::string* given = text(value, at, limit.min, limit.max);
  if (given == nullptr) return;
  if (has_control_character(*given)) {
    return refuse(at, ErrorCode::Malformed, "control characters are not allowed");
  }
  out = *given;
}

void ValueReader::read(const Json& value, const FieldPath& at, std::string& out,
                       const Token& limit) {
  const std::string* given = text(value, at, 1, limit.max);
  if (given == nullptr) return;
  if (!limit.allows(*given)) {
    return refuse(at, ErrorCode::Malformed, "expected letters, digits, '-', '_' and '.' only");
  }
  out = *given;
}

void ValueReader::read(const Json& value, const FieldPath& at, Bytes& out, const Size& size) {
  const std::string* digits = value.as_string();
  std::optional<std::string> bytes;
  if (digits != nullptr) bytes = from_base64url(*digits);
  if (!bytes) return refuse(at, ErrorCode::Malformed, "expected base64url without padding");
  if (bytes->size() < size.min || bytes->size() > size.max) {
    const std::string expected =
        size.min == size.max ? std::to_string(size.max)
                             : std::to_string(size.min) + " to " + std::to_string(size.max);
    return refuse(at, ErrorCode::LimitExceeded, "expected " + expected + " bytes");
  }
  out.data = *std::move(bytes);
}

void ValueReader::read(const Json& value, const FieldPath& at, Digest& out) {
  const std::string* digits = value.as_string();
  std::optional<std::string> bytes;
  if (digits != nullptr) bytes = parse_hex(*digits);
  if (!bytes || bytes->size() != out.data.size()) {
    return refuse(at, ErrorCode::Malformed, "expected 64 hexadecimal digits in lower case");
  }
  std::ranges::copy(*bytes, out.data.begin());
}

bool ValueReader::is_object(const Json& value, const FieldPath& at) {
  if (value.as_object() == nullptr) refuse(at, ErrorCode::Malformed, "expected an object");
  return ok();
}

const Json::Array* ValueReader::array(const Json& value, const FieldPath& at, std::size_t max) {
  const Json::Array* elements = value.as_array();
  if (elements == nullptr) {
    refuse(at, ErrorCode::Malformed, "expected an array");
  } else if (elements->size() > max) {
    refuse(at, ErrorCode::LimitExceeded, "more than " + std::to_string(max) + " elements");
  } else {
    return elements;
  }
  return nullptr;
}

Json to_json(const Bytes& bytes) { return Json(to_base64url(bytes.data)); }

Json to_json(const Digest& digest) { return Json(hex_of(view_of(digest.data))); }

Json bytes_to_json(std::span<const std::uint8_t> bytes) {
  return Json(to_base64url(view_of(bytes)));
}

}  // namespace plait::jsonrpc
