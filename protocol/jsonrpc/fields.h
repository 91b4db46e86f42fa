#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "protocol/jsonrpc/json.h"

namespace plait::jsonrpc {

// A message says once what its fields are called and how large they may be, and is read and
// written from that:
//
//   struct ChatEdit {
//     std::string message_id;
//     std::string text;
//     std::optional<bool> silent;
//
//     static void describe(auto& self, auto& field) {
//       field("messageId", self.message_id, Token{64});
//       field("text", self.text, Text{.min = 1, .max = 8192});
//       field("silent", self.silent);
//     }
//   };
//
//   Result<ChatEdit> edit = read_fields<ChatEdit>(request.params);
//   Json params = write_fields(*edit);
//
// A std::optional may be absent or null and is written only if it is there; everything else has
// to be there. Fields that are not described are ignored, so that newer peers may send more.
// Limits hold for reading; who writes keeps to them.

/// Bytes, in JSON as base64url without padding.
struct Bytes {
  std::string data;

  bool operator==(const Bytes&) const noexcept = default;
};

/// The same where the number of bytes is fixed: keys, signatures, nonces.
template <std::size_t kSize>
struct FixedBytes {
  std::array<std::uint8_t, kSize> data{};

  bool operator==(const FixedBytes&) const noexcept = default;
};

/// A SHA-256, in JSON as hexadecimal digits in lower case, as people know it.
struct Digest {
  std::array<std::uint8_t, 32> data{};

  bool operator==(const Digest&) const noexcept = default;
};

// Limits, in bytes of UTF-8 for text.

struct Text {
  std::size_t min = 0;
  std::size_t max = 0;
};
/// Text without control characters.
struct Line {
  std::size_t min = 0;
  std::size_t max = 0;
};
/// At least one letter, digit, '-', '_' or '.': what identifiers and names in protocols are
/// made of.
struct Token {
  std::size_t max = 0;

  /// Whether it is one.
  [[nodiscard]] bool allows(std::string_view text) const noexcept;
};
struct Range {
  std::int64_t min = 0;
  std::int64_t max = kMaxSafeInteger;
};
/// Of Bytes, before they become base64.
struct Size {
  std::size_t min = 0;
  std::size_t max = 0;
};
struct Nothing {};
/// At most so many elements, each within a limit of its own.
template <class Each = Nothing>
struct List {
  std::size_t max = 0;
  Each each{};
};
template <class Each>
List(std::size_t, Each) -> List<Each>;
List(std::size_t)->List<Nothing>;

/// What an enumerator is called in JSON. An enum can be a field if names_of(E) gives all of
/// them; it is found by argument-dependent lookup.
template <class E>
struct EnumName {
  E value;
  std::string_view name;
};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
  names_of(value).size();
};

template <NamedEnum E>
[[nodiscard]] std::string_view name_of(E value) noexcept {
  for (const EnumName<E>& known : names_of(value)) {
    if (known.value == value) return known.name;
  }
  return {};
}

template <NamedEnum E>
[[nodiscard]] std::optional<E> enum_named(std::string_view name) noexcept {
  for (const EnumName<E>& known : names_of(E{})) {
    if (known.name == name) return known.value;
  }
  return std::nullopt;
}

/// Where in a message something stands, spelled out only when something is wrong there.
class FieldPath {
 public:
  explicit FieldPath(std::string_view root) noexcept : name_(root) {}
  FieldPath(const FieldPath& parent, std::string_view name) noexcept
      : parent_(&parent), name_(name) {}
  FieldPath(const FieldPath& parent, std::size_t index) noexcept
      : parent_(&parent), index_(index) {}

  /// As in `params.selections[2].head`.
  [[nodiscard]] std::string str() const;

 private:
  const FieldPath* parent_ = nullptr;
  std::string_view name_;  ///< empty: an element
  std::size_t index_ = 0;
};

/// Takes JSON values apart. The first mistake is sticky: nothing is read after it, and it is
/// what the sender is told.
class ValueReader {
 public:
  [[nodiscard]] bool ok() const noexcept { return !failure_.has_value(); }
  [[nodiscard]] std::optional<Error>& failure() noexcept { return failure_; }
  void refuse(const FieldPath& at, ErrorCode code, std::string_view what);

  void read(const Json& value, const FieldPath& at, bool& out);
  void read(const Json& value, const FieldPath& at, std::int64_t& out, const Range& = {});
  void read(const Json& value, const FieldPath& at, std::string& out, const Text&);
  void read(const Json& value, const FieldPath& at, std::string& out, const Line&);
  void read(const Json& value, const FieldPath& at, std::string& out, const Token&);
  void read(const Json& value, const FieldPath& at, Bytes& out, const Size&);
  void read(const Json& value, const FieldPath& at, Digest& out);

  template <std::size_t kSize>
  void read(const Json& value, const FieldPath& at, FixedBytes<kSize>& out) {
    Bytes bytes;
    read(value, at, bytes, Size{kSize, kSize});
    // Not std::copy, of which g++ 12 believes that it may write behind the end.
    if (ok()) std::memcpy(out.data.data(), bytes.data.data(), kSize);
  }

  template <NamedEnum E>
  void read(const Json& value, const FieldPath& at, E& out) {
    const std::string* name = value.as_string();
    const std::optional<E> known = name != nullptr ? enum_named<E>(*name) : std::nullopt;
    if (known) {
      out = *known;
      return;
    }
    std::string expected;
    for (const EnumName<E>& choice : names_of(out)) {
      expected.append(expected.empty() ? "expected one of " : ", ").append(choice.name);
    }
    refuse(at, ErrorCode::Malformed, expected);
  }

  template <class T, class Each = Nothing>
  void read(const Json& value, const FieldPath& at, std::vector<T>& out,
            const List<Each>& limit) {
    const Json::Array* elements = array(value, at, limit.max);
    if (elements == nullptr) return;
    out.resize(elements->size());
    for (std::size_t i = 0; i < out.size() && ok(); ++i) {
      if constexpr (std::is_same_v<Each, Nothing>) {
        read((*elements)[i], FieldPath(at, i), out[i]);
      } else {
        read((*elements)[i], FieldPath(at, i), out[i], limit.each);
      }
    }
  }

  /// Whatever describes its fields.
  template <class T>
  requires std::is_class_v<T>
  void read(const Json& value, const FieldPath& at, T& out) {
    if (!is_object(value, at)) return;
    auto field = [&](std::string_view name, auto& member, const auto&... limit) {
      read_member(value.find(name), FieldPath(at, name), member, limit...);
    };
    T::describe(out, field);
  }

 private:
  bool is_object(const Json& value, const FieldPath& at);
  const Json::Array* array(const Json& value, const FieldPath& at, std::size_t max);
  /// The text if it is of a fitting length.
  const std::string* text(const Json& value, const FieldPath& at, std::size_t min,
                          std::size_t max);

  template <class T, class... Limit>
  void read_member(const Json* value, const FieldPath& at, T& member, const Limit&... limit) {
    if (!ok()) return;
    if (value == nullptr) {
      refuse(at, ErrorCode::Malformed, "missing");
    } else {
      read(*value, at, member, limit...);
    }
  }
  template <class T, class... Limit>
  void read_member(const Json* value, const FieldPath& at, std::optional<T>& member,
                   const Limit&... limit) {
    if (!ok() || value == nullptr || value->is_null()) return;
    read(*value, at, member.emplace(), limit...);
  }

  std::optional<Error> failure_;
};

/// Reads a message. An error says where and what: "params.role: expected one of owner, …".
template <class T>
Result<T> read_fields(const Json& value, std::string_view root = "params") {
  T message;
  ValueReader reader;
  reader.read(value, FieldPath(root), message);
  if (!reader.ok()) return Failure{*std::move(reader.failure())};
  return message;
}

[[nodiscard]] Json to_json(const Bytes& bytes);
[[nodiscard]] Json to_json(const Digest& digest);
[[nodiscard]] Json bytes_to_json(std::span<const std::uint8_t> bytes);

/// Writes a message, its fields in the order in which it describes them.
template <class T>
[[nodiscard]] Json write_fields(const T& message) {
  Json::Object members;
  auto field = [&members](std::string_view name, const auto& member, const auto&...) {
    write_member(members, name, member);
  };
  T::describe(message, field);
  return Json(std::move(members));
}

template <NamedEnum E>
[[nodiscard]] Json to_json(E value) {
  return Json(name_of(value));
}
template <std::size_t kSize>
[[nodiscard]] Json to_json(const FixedBytes<kSize>& bytes) {
  return bytes_to_json(bytes.data);
}
[[nodiscard]] inline Json to_json(std::same_as<bool> auto value) { return Json(value); }
[[nodiscard]] inline Json to_json(std::int64_t value) { return Json(value); }
[[nodiscard]] inline Json to_json(const std::string& text) { return Json(text); }
template <class T>
requires requires(const T& message, void (*field)(...)) { T::describe(message, field); }
[[nodiscard]] Json to_json(const T& message) { return write_fields(message); }
template <class T>
[[nodiscard]] Json to_json(const std::vector<T>& list) {
  Json::Array elements;
  elements.reserve(list.size());
  for (const T& element : list) elements.push_back(to_json(element));
  return Json(std::move(elements));
}

template <class T>
void write_member(Json::Object& members, std::string_view name, const T& member) {
  members.push_back({std::string(name), to_json(member)});
}
template <class T>
void write_member(Json::Object& members, std::string_view name,
                  const std::optional<T>& member) {
  if (member) write_member(members, name, *member);
}

}  // namespace plait::jsonrpc
