#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crdt/decoded_update.h"

namespace plait::crdt {

/// A run's content cut in two after some units.
struct ContentCut {
  std::size_t at = 0;        ///< bytes before the cut
  bool inside_pair = false;  ///< the cut falls into the surrogate pair that starts at `at`
};

/// Where `units` clock units of a run end. Only for kinds that can be cut (Item::is_run).
[[nodiscard]] ContentCut cut_content(ContentKind kind, std::string_view content,
                                     std::uint32_t units);

/// The second part of a text that is cut inside a pair: the torn half becomes U+FFFD, as in
/// Yjs.
[[nodiscard]] std::string torn_right(std::string_view text, std::size_t at);
[[nodiscard]] std::string torn_left(std::string_view text, std::size_t at);

}  // namespace plait::crdt
