#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/plan.h"

namespace plait::sim {

/// Plays a plan twice. What was wrong, if anything was: with the world, or because the two runs
/// were not the same.
[[nodiscard]] std::optional<std::string> judge(const Plan& plan);

/// A plan that fails, with as few steps as can be found in a few hundred runs.
[[nodiscard]] Plan shrunk(Plan plan);

}  // namespace plait::sim
