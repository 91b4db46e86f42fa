#pragma once

#include <string>
#include <string_view>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/result.h"
#include "tests/bench/load/world.h"

namespace plait::load {

/// Waits until the server says of a room that it has everything up to `wanted`; somebody who
/// comes anew is told so at once.
Result<void> wait_until_server_has(World& world, const std::string& room,
                                   const crdt::StateVector& wanted);

/// The text that somebody gets who joins with nothing; fails if that is not a whole document.
Result<std::string> text_on_server(World& world, const std::string& room);

}  // namespace plait::load
