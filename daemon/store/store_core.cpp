#include "daemon/store/store_core.h"

#include <utility>

#include "daemon/store/durable_database.h"
#include "daemon/store/generation.h"
#include "daemon/store/schema.h"

namespace plait::store {

Result<std::unique_ptr<StoreCore>> StoreCore::open(const Options& options, const Clock& clock,
                                                   Random& random) {
  auto database = open_durable(options.database, schema_steps(), kApplicationId);
  if (!database) return forward_error(database);
  const WallTime now = clock.wall();
  auto generation =
      settle_generation(*database, options.place(options.database.path), now, random);
  auto done = generation ? DirectoryTables(*database).drop_expired(now)
                         : Result<void>(forward_error(generation));
  if (!done) {
    return Failure{std::move(done).error().with_context("opening " + options.database.path)};
  }
  std::unique_ptr<StoreCore> core(new StoreCore(*std::move(database), clock, options.quota));
  core->tables().generation = *generation;
  return core;
}

}  // namespace plait::store
