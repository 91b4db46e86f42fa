#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/crypto/random.h"
#include "daemon/store/sqlite_server_store.h"
#include "daemon/support/clock.h"

namespace plait::crash {

/// The data folder of a server that does not run.
class Disk {
 public:
  explicit Disk(std::string folder) : folder_(std::move(folder)) {}

  void put(std::vector<store::Record> records);
  /// All updates of a document, oldest first.
  [[nodiscard]] std::vector<std::string> updates_of(const std::string& workspace,
                                                    const std::string& document);

 private:
  /// Opens the store, asks it, and waits until it has written everything and is closed.
  void with_store(const std::function<void(store::ServerStore&)>& ask);

  const std::string folder_;
  SystemClock clock_;
  crypto::SystemRandom random_;
};

}  // namespace plait::crash
