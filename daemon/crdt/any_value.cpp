#include "daemon/crdt/any_value.h"

#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdlib>

#include "daemon/crdt/any_parser.h"

namespace plait::crdt {
namespace {

/// lib0 writes integers as such while their magnitude fits 31 bits.
constexpr double kMaxInteger = 2147483647.0;

/// Drops the tag from numbers, which visitors have no use for.
class Narration {
 public:
  explicit Narration(AnyVisitor& visitor) noexcept : visitor_(visitor) {}

  void undefined() { visitor_.undefined(); }
  void null() { visitor_.null(); }
  void boolean(bool value) { visitor_.boolean(value); }
  void number(AnyTag, double value) { visitor_.number(value); }
  void big_integer(std::int64_t value) { visitor_.big_integer(value); }
  void string(std::string_view value) { visitor_.string(value); }
  void binary(std::string_view value) { visitor_.binary(value); }
  void begin_array(std::size_t) { visitor_.begin_array(); }
  void end_array() { visitor_.end_array(); }
  void begin_object() { visitor_.begin_object(); }
  void key(std::string_view name) { visitor_.key(name); }
  void end_object() { visitor_.end_object(); }

 private:
  AnyVisitor& visitor_;
};

void put_tag(ByteWriter& out, AnyTag tag) { out.put_byte(static_cast<std::uint8_t>(tag)); }

void put_big_endian(ByteWriter& out, std::uint64_t bits, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    out.put_byte(static_cast<std::uint8_t>(bits >> shift));
  }
}

}  // namespace

bool walk_any(ByteReader& reader, AnyVisitor& visitor) {
  Narration narration(visitor);
  return AnyParser(reader, narration).run();
}

AnyTag any_tag_of(double value) noexcept {
  const double size = std::fabs(value);
  if (size <= kMaxInteger && std::trunc(value) == value) return AnyTag::Integer;
  if (std::isinf(value)) return AnyTag::Float32;
  // The range is checked first: a cast from beyond it is undefined.
  if (size <= static_cast<double>(FLT_MAX) &&
      static_cast<double>(static_cast<float>(value)) == value) {
    return AnyTag::Float32;
  }
  return AnyTag::Float64;
}

void put_any_null(ByteWriter& out) { put_tag(out, AnyTag::Null); }

void put_any_bool(ByteWriter& out, bool value) {
  put_tag(out, value ? AnyTag::True : AnyTag::False);
}

void put_any_integer(ByteWriter& out, std::int64_t value) {
  PLAIT_ASSERT(std::llabs(value) <= static_cast<long long>(kMaxVarUint),
               "an integer that JavaScript can hold");
  put_any_double(out, static_cast<double>(value));
}

void put_any_double(ByteWriter& out, double value) {
  const AnyTag tag = any_tag_of(value);
  put_tag(out, tag);
  if (tag == AnyTag::Float64)
    return put_big_endian(out, std::bit_cast<std::uint64_t>(value), 8);
  if (tag == AnyTag::Float32) {
    return put_big_endian(out, std::bit_cast<std::uint32_t>(static_cast<float>(value)), 4);
  }
  const auto magnitude = static_cast<std::uint32_t>(std::fabs(value));
  const std::uint32_t high = magnitude >> 6;
  out.put_byte(static_cast<std::uint8_t>(
      (high != 0 ? 0x80U : 0U) | (std::signbit(value) ? 0x40U : 0U) | (magnitude & 0x3FU)));
  if (high != 0) out.put_varuint(high);
}

void put_any_big_integer(ByteWriter& out, std::int64_t value) {
  put_tag(out, AnyTag::BigInt);
  put_big_endian(out, static_cast<std::uint64_t>(value), 8);
}

void put_any_string(ByteWriter& out, std::string_view text) {
  put_tag(out, AnyTag::String);
  out.put_varbytes(text);
}

}  // namespace plait::crdt
