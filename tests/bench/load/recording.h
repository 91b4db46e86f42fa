#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/result.h"
#include "tests/bench/update_log.h"

namespace plait::load {

/// A recorded session, typed once: the updates that its author's client would have sent.
struct Recording {
  bench::UpdateLog updates;  ///< one for each patch
  std::string state;         ///< all of it as one update
  std::string vector;        ///< encoded
  std::string text;
};

/// Plays a sequential trace by somebody called `client`, to its end or until the state takes
/// about so many bytes.
Result<Recording> play(const std::string& trace, std::uint64_t client,
                       std::optional<std::size_t> state_bytes);

}  // namespace plait::load
