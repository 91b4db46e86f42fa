#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crdt/any.h"
#include "daemon/crdt/any_value.h"
#include "protocol/base/bytes.h"
#include "protocol/base/utf8.h"

namespace plait::crdt {

/// The grammar of lib0's "any" encoding, once for all who read it. `Handler` is told the parts
/// of one value as they come, with the members of AnyVisitor but two that are told more:
/// number(AnyTag, double) and begin_array(std::size_t count).
///
/// Beyond the grammar it refuses what lib0 reads but cannot write again. lib0 fills objects by
/// assignment, so a key __proto__ sets the prototype and vanishes; with a byte array as
/// prototype the object takes itself for one, and a second __proto__ may or may not be an
/// ordinary key.
template <class Handler>
class AnyParser {
 public:
  AnyParser(ByteReader& in, Handler& handler) noexcept : in_(in), handler_(handler) {}

  /// Reads one value. If this is false and the reader is still ok, the bytes are wrong;
  /// otherwise they are too few.
  [[nodiscard]] bool run() {
    for (;;) {
      if (!value()) return false;
      while (!open_.empty() && open_.back().left == 0) close();
      if (open_.empty()) return true;
      --open_.back().left;
      if (open_.back().is_object && !key()) return false;
    }
  }

 private:
  struct Container {
    std::size_t left = 0;  ///< elements or members to come
    bool is_object = false;
    bool has_prototype = false;
  };

  bool value() {
    const bool is_prototype = std::exchange(next_is_prototype_, false);
    const auto tag = static_cast<AnyTag>(in_.byte());
    if (!in_.ok()) return false;
    switch (tag) {
      case AnyTag::Undefined: handler_.undefined(); return true;
      case AnyTag::Null: handler_.null(); return true;
      case AnyTag::True:
      case AnyTag::False: handler_.boolean(tag == AnyTag::True); return true;
      case AnyTag::Integer: return integer();
      case AnyTag::Float32:
        return number(tag, widened(static_cast<std::uint32_t>(big_endian(4))));
      case AnyTag::Float64: return number(tag, std::bit_cast<double>(big_endian(8)));
      case AnyTag::BigInt: {
        const auto bits = static_cast<std::int64_t>(big_endian(8));
        if (!in_.ok()) return false;
        handler_.big_integer(bits);
        return true;
      }
      case AnyTag::String: {
        const std::string_view text = in_.varbytes();
        if (!in_.ok() || !is_valid_utf8(text)) return false;
        handler_.string(text);
        return true;
      }
      case AnyTag::Binary: {
        const std::string_view bytes = in_.varbytes();
        if (!in_.ok() || is_prototype) return false;
        handler_.binary(bytes);
        return true;
      }
      case AnyTag::Array:
      case AnyTag::Object: return open(tag == AnyTag::Object);
    }
    return false;
  }

  bool open(bool is_object) {
    const std::uint64_t count = in_.varuint();
    if (!in_.ok() || open_.size() == kMaxAnyDepth) return false;
    // Every element has a byte at least, and a member two.
    if (count > in_.remaining() / (is_object ? 2 : 1)) {
      in_.mark_failed();
      return false;
    }
    const auto size = static_cast<std::size_t>(count);
    open_.push_back({size, is_object});
    if (is_object) {
      handler_.begin_object();
    } else {
      handler_.begin_array(size);
    }
    return true;
  }

  void close() {
    const bool was_object = open_.back().is_object;
    open_.pop_back();
    if (was_object) {
      handler_.end_object();
    } else {
      handler_.end_array();
    }
  }

  bool key() {
    const std::string_view name = in_.varbytes();
    if (!in_.ok() || !is_valid_utf8(name)) return false;
    if (name == "__proto__") {
      if (open_.back().has_prototype) return false;
      open_.back().has_prototype = next_is_prototype_ = true;
    }
    handler_.key(name);
    return true;
  }

  bool integer() {
    const std::uint8_t first = in_.byte();
    std::uint64_t magnitude = first & 0x3FU;
    if ((first & 0x80) != 0) {
      // What follows the first byte's six bits is an ordinary varint.
      const std::uint64_t high = in_.varuint();
      if (high > kMaxVarUint >> 6) return false;
      if (high == 0) in_.mark_not_canonical();
      magnitude |= high << 6;
    }
    const auto value = static_cast<double>(magnitude);
    return number(AnyTag::Integer, (first & 0x40) != 0 ? -value : value);
  }

  bool number(AnyTag tag, double value) {
    if (!in_.ok()) return false;
    handler_.number(tag, value);
    return true;
  }

  std::uint64_t big_endian(std::size_t size) noexcept {
    std::uint64_t bits = 0;
    for (const char byte : in_.bytes(size)) bits = bits << 8 | static_cast<std::uint8_t>(byte);
    return bits;
  }

  /// The double that a processor makes of a float, with what a NaN carries moved along. Written
  /// out, because a cast may lose it.
  static double widened(std::uint32_t bits) noexcept {
    constexpr std::uint32_t kExponent = 0x7F800000;
    constexpr std::uint32_t kMantissa = 0x007FFFFF;
    if ((bits & kExponent) == kExponent && (bits & kMantissa) != 0) {
      constexpr std::uint64_t kQuietNan = 0x7FF8000000000000;
      return std::bit_cast<double>(static_cast<std::uint64_t>(bits >> 31) << 63 | kQuietNan |
                                   static_cast<std::uint64_t>(bits & kMantissa) << 29);
    }
    return static_cast<double>(std::bit_cast<float>(bits));
  }

  ByteReader& in_;
  Handler& handler_;
  std::vector<Container> open_;
  bool next_is_prototype_ = false;
};

}  // namespace plait::crdt
