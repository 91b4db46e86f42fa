#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/base/bytes.h"

namespace plait::crdt {

// Embeds, formats and old arrays carry JSON. The engine never looks into it, but Yjs parses it,
// fails as a whole if it cannot, and writes out what it has parsed.

/// JSON nested deeper than this is refused. JSON.parse has no limit, but JSON.stringify runs
/// out of stack some thousands deep, and then Yjs cannot encode the document any more.
inline constexpr std::size_t kMaxJsonDepth = 512;

/// Whether JSON.parse would accept this text, which must be valid UTF-8.
[[nodiscard]] bool is_json(std::string_view text) noexcept;

/// Writes JSON.stringify(JSON.parse(text)): no space, numbers and strings in their shortest
/// form, an object's keys in JavaScript's order, each once. False, and nothing written, if it
/// is not JSON.
[[nodiscard]] bool rewrite_json(std::string_view text, ByteWriter& out);

}  // namespace plait::crdt
