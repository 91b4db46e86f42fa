#pragma once

#include "protocol/base/result.h"
#include "tests/bench/daemon/stage.h"
#include "tests/bench/load/report.h"

namespace plait::bench {

/// Several editors write on one file at a given rate, each where nobody else does. What comes
/// of it is known, and all of them have to end with that; the memory of both daemons is told
/// meanwhile.
Result<void> measure_chorus(Stage& stage, load::Report& report);

}  // namespace plait::bench
