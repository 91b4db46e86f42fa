#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/bytes.h"

namespace plait::crdt {

/// The first byte of a value in lib0's "any" encoding.
enum class AnyTag : std::uint8_t {
  Binary = 116,
  Array = 117,
  Object = 118,
  String = 119,
  True = 120,
  False = 121,
  BigInt = 122,   ///< eight bytes, big-endian
  Float64 = 123,  ///< big-endian
  Float32 = 124,  ///< big-endian
  Integer = 125,  ///< a sign in bit 6 of the first byte, so that there is a negative zero
  Null = 126,
  Undefined = 127,
};

/// Is told the parts of a value in the order in which they stand.
class AnyVisitor {
 public:
  AnyVisitor() = default;
  AnyVisitor(const AnyVisitor&) = delete;
  AnyVisitor& operator=(const AnyVisitor&) = delete;
  virtual ~AnyVisitor() = default;

  virtual void undefined() = 0;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void number(double value) = 0;
  virtual void big_integer(std::int64_t value) = 0;
  virtual void string(std::string_view value) = 0;
  virtual void binary(std::string_view value) = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void end_object() = 0;
};

/// Moves the reader over one value and tells the visitor. False if the value is invalid, of
/// which the visitor may have seen a part by then. Objects are shown as they are written; only
/// in canonical values (any.h), which is all that an update holds once decoded, is every key
/// unique.
[[nodiscard]] bool walk_any(ByteReader& reader, AnyVisitor& visitor);

/// Which of the three number forms lib0 picks for a value.
[[nodiscard]] AnyTag any_tag_of(double value) noexcept;

// Writing values, each in the form that lib0 writes.
void put_any_null(ByteWriter& out);
void put_any_bool(ByteWriter& out, bool value);
/// Exact up to 2^53 in either direction; JavaScript has no larger integers.
void put_any_integer(ByteWriter& out, std::int64_t value);
void put_any_double(ByteWriter& out, double value);
void put_any_big_integer(ByteWriter& out, std::int64_t value);
/// `text` must be valid UTF-8.
void put_any_string(ByteWriter& out, std::string_view text);

}  // namespace plait::crdt
