#pragma once

#include <span>

namespace plait::store {

/// "PlaR", as kApplicationId is for a server's database.
inline constexpr int kReplicaApplicationId = 0x506C6152;

/// The schema of a client's database, as schema_steps() is that of a server's.
std::span<const char* const> replica_schema_steps();

}  // namespace plait::store
