#pragma once

#include <vector>

#include "protocol/base/result.h"
#include "tests/bench/report.h"

namespace plait::bench {

/// What an operation costs as documents and histories grow, in the cases that are known to make
/// text CRDTs slow. A curve ends early when a point of it took too long.
[[nodiscard]] Result<std::vector<GrowthPoint>> measure_growth();

}  // namespace plait::bench
