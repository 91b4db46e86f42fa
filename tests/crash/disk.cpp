#include "tests/crash/disk.h"

#include <mutex>
#include <utility>

#include "protocol/base/assert.h"
#include "protocol/base/bytes.h"

namespace plait::crash {

void Disk::with_store(const std::function<void(store::ServerStore&)>& ask) {
  std::mutex mutex;
  std::vector<std::function<void()>> answers;
  store::SqliteServerStore::Options options;
  options.folder = folder_;
  options.post = [&](std::function<void()> answer) {
    const std::scoped_lock lock(mutex);
    answers.push_back(std::move(answer));
  };
  auto store = store::SqliteServerStore::open(std::move(options), clock_, random_);
  PLAIT_ASSERT(store, "the server's database to open");
  ask(**store);
  store->reset();  // writes all that was asked for
  for (const auto& answer : answers) answer();
}

void Disk::put(std::vector<store::Record> records) {
  with_store([&](store::ServerStore& store) {
    store.put(std::move(records),
              [](const Result<void>& done) { PLAIT_ASSERT(done, "records to be written"); });
  });
}

std::vector<std::string> Disk::updates_of(const std::string& workspace,
                                          const std::string& document) {
  std::vector<std::string> updates;
  with_store([&](store::ServerStore& store) {
    store.open_document(workspace, document, [&](const Result<store::LoadedDocument>& loaded) {
      PLAIT_ASSERT(loaded, "the document to be read");
      if (!loaded->snapshot.empty()) updates.push_back(loaded->snapshot);
      for (const std::string& entry : loaded->tail) {
        ByteReader reader(entry);
        while (!reader.at_end()) updates.emplace_back(reader.varbytes());
      }
    });
  });
  return updates;
}

}  // namespace plait::crash
