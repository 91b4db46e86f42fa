#pragma once

#include "protocol/base/result.h"
#include "tests/bench/load/report.h"
#include "tests/bench/load/world.h"

namespace plait::load {

/// People who join a document with a long history one after the other: connect, get it, leave.
Result<void> measure_join(World& world, Report& report);

/// A long history, each edit an update of its own, as fast as the server takes it.
Result<void> measure_ingest(World& world, Report& report);

/// Whether the document that ingest made is there, as after a restart of the server.
Result<void> verify_ingested(World& world, Report& report);

}  // namespace plait::load
