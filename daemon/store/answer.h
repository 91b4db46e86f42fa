#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "protocol/base/result.h"

namespace plait::store {

/// Called on the loop's thread, in the order of the requests, and never inside of the request.
/// Success means that it is on disk. An empty one is fine: nobody is told.
template <class T>
using Answer = std::function<void(Result<T>)>;

/// How soon something has to be on disk.
enum class Haste : std::uint8_t {
  Now,      ///< somebody waits for the answer
  CanWait,  ///< it may gather for a moment, and is saved along with what comes meanwhile
};

/// Of requests that wait for their commit. What comes then is refused in its turn.
inline constexpr std::size_t kMaxQueuedBytes = std::size_t{64} << 20;

}  // namespace plait::store
