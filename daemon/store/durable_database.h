#pragma once

#include <span>

#include "daemon/store/database.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Opens a database that keeps its promises: what was committed is on disk, no other process
/// has it, it is not damaged, and it has the newest version of the schema (schema.h).
Result<Database> open_durable(const Database::Options& options,
                              std::span<const char* const> schema, int application_id);

}  // namespace plait::store
