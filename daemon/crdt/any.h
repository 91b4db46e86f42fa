#pragma once

#include <cstdint>

#include "protocol/base/bytes.h"

namespace plait::crdt {

/// Values nested deeper than this are refused; JavaScript itself gives up some thousands later.
inline constexpr std::uint32_t kMaxAnyDepth = 512;

enum class AnyForm : std::uint8_t {
  Invalid,       ///< not a value that lib0 reads, or one that it could not write again
  Canonical,     ///< exactly the bytes that lib0 writes for this value
  NotCanonical,  ///< readable; rewrite_any() gives the bytes that lib0 would write
};

/// Moves the reader over one value in lib0's "any" encoding (lib0/encoding.js, writeAny). If it
/// is invalid the reader fails where it was cut short, and stays where it is otherwise. Neither
/// function recurses, and both use memory in proportion to the value's bytes.
[[nodiscard]] AnyForm skip_any(ByteReader& reader);

/// Writes one valid value the way lib0 writes it after reading it: the shortest number form, an
/// object's keys in JavaScript's order, each once. False, and nothing written, if it is
/// invalid.
[[nodiscard]] bool rewrite_any(ByteReader& reader, ByteWriter& out);

}  // namespace plait::crdt
