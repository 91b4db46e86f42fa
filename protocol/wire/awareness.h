#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace plait::wire {

/// States in one message. A room says all of them to whoever joins.
inline constexpr std::size_t kMaxAwarenessStates = 4'096;

/// One state. Names, colours and cursors take some hundred bytes; applications add to it.
inline constexpr std::size_t kMaxAwarenessStateBytes = std::size_t{16} << 10;

/// What one Yjs client says of itself, or somebody of it.
struct AwarenessState {
  std::uint64_t client = 0;
  std::uint64_t clock = 0;  ///< the highest counts; with equal clocks, that it is gone
  std::string_view json;    ///< an object of the application's making, or `null`: gone

  [[nodiscard]] bool is_gone() const noexcept { return json == "null"; }
  bool operator==(const AwarenessState&) const noexcept = default;
};

/// Reads what encodeAwarenessUpdate of y-protocols writes. The states are views into `bytes`,
/// valid UTF-8, each client once. Whether they are JSON is not looked at: whoever passes on
/// what it did not write has to, because Yjs's clients throw if it is not.
Result<std::vector<AwarenessState>> decode_awareness(std::string_view bytes);

void encode_awareness(const std::vector<AwarenessState>& states, ByteWriter& out);

}  // namespace plait::wire
