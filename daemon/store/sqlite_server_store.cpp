#include "daemon/store/sqlite_server_store.h"

#include <utility>

#include "daemon/store/generation.h"
#include "daemon/store/private_files.h"

namespace plait::store {

namespace {

constexpr const char* kDatabaseFile = "/plait.db";

}  // namespace

Result<std::unique_ptr<SqliteServerStore>> SqliteServerStore::open(Options options,
                                                                   const Clock& clock,
                                                                   Random& random) {
  if (auto made = make_private_folder(options.folder); !made) return forward_error(made);
  const StoreCore::Options core_options{
      {options.folder + kDatabaseFile, {}}, options.quota, place_of_file};
  auto core = StoreCore::open(core_options, clock, random);
  if (!core) return forward_error(core);
  return std::unique_ptr<SqliteServerStore>(
      new SqliteServerStore(*std::move(core), std::move(options), clock));
}

SqliteServerStore::SqliteServerStore(std::unique_ptr<StoreCore> core, Options options,
                                     const Clock& clock)
    : thread_(std::move(core),
              {std::move(options.post), std::move(options.on_commit), options.gather_time},
              clock) {}

Result<Directory> SqliteServerStore::load_directory() {
  return thread_.wait_for<Directory>(
      [](Tables& tables) { return tables.directory.load(tables.now); });
}

void SqliteServerStore::enqueue(std::unique_ptr<Request> request) {
  thread_.enqueue(std::move(request));
}

void SqliteServerStore::enqueue(std::unique_ptr<Job> job) { thread_.enqueue(std::move(job)); }

}  // namespace plait::store
