#pragma once

#include <cstddef>
#include <string_view>

namespace plait::crdt {

/// JSON nested deeper than this is refused. JSON.parse has no limit, but JSON.stringify runs
/// out of stack some thousands deep, and then Yjs cannot encode the document any more.
inline constexpr std::size_t kMaxJsonDepth = 512;

/// Whether JSON.parse would accept this text (which must be valid UTF-8). Embeds and formats
/// carry JSON that the engine never looks into, but Yjs parses it and fails as a whole if it
/// cannot.
[[nodiscard]] bool is_json(std::string_view text) noexcept;

}  // namespace plait::crdt
