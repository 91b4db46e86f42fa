#pragma once

#include <optional>
#include <string>

namespace plait::loop {

class Loop;

/// The address from which this machine would reach the world, which is the one that others in
/// the same network most likely know it by. Asks the kernel's routes and sends nothing. Nothing
/// if the machine is on no network.
[[nodiscard]] std::optional<std::string> own_address(Loop& loop);

}  // namespace plait::loop
