#pragma once

#include <span>

#include "daemon/store/database.h"
#include "protocol/base/result.h"

namespace plait::store {

/// In the file's header, so that no other program's database is taken for a server's: "Plai".
inline constexpr int kApplicationId = 0x506C6169;

/// SQL that makes version n + 1 of the schema from version n, for each n from 0 on. A step that
/// was ever released is never changed; what comes later is a step of its own.
std::span<const char* const> schema_steps();

/// Brings a database up to date. Each step is one transaction, so a crash leaves some version
/// whole. Refuses databases of other programs and of newer versions.
Result<void> migrate(Database& database, std::span<const char* const> steps,
                     int application_id = kApplicationId);

}  // namespace plait::store
