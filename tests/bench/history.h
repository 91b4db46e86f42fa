#pragma once

#include <cstdint>

#include "protocol/base/result.h"
#include "tests/bench/update_log.h"
#include "tests/support/trace.h"

namespace plait::bench {

enum class Grain : std::uint8_t { Patch, Transaction };

/// The updates that the authors' replicas of a concurrent trace would have sent, in the trace's
/// order: one for each patch or one for each transaction. Where this engine orders concurrent
/// text otherwise than the recording one, a position may lie past the end; it then means the
/// end.
[[nodiscard]] Result<UpdateLog> build_history(const support::Trace& trace, Grain grain);

}  // namespace plait::bench
