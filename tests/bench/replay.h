#pragma once

#include "protocol/base/result.h"
#include "tests/bench/report.h"
#include "tests/support/trace.h"

namespace plait::bench {

/// Measures the engine on a trace whose positions are in UTF-16 units.
[[nodiscard]] Result<Figures> replay(const support::Trace& trace, unsigned repeat);

}  // namespace plait::bench
