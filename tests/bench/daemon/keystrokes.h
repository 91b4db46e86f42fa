#pragma once

#include "protocol/base/result.h"
#include "tests/bench/daemon/stage.h"
#include "tests/bench/load/report.h"

namespace plait::bench {

/// How long a keystroke takes from one editor's standard input to the other's standard output.
/// The editors take turns; the next key comes some time after the one before has arrived.
Result<void> measure_keystrokes(Stage& stage, load::Report& report);

}  // namespace plait::bench
