#pragma once

#include "protocol/base/result.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/world.h"

namespace plait::load {

/// What a connection costs that does nothing.
Result<void> measure_idle(World& world, Report& report);

/// What a document costs that is loaded, with somebody connected to it who does nothing; and
/// what is left of that when it has been idle for `--seconds`.
Result<void> measure_documents(World& world, Report& report);

}  // namespace plait::load
