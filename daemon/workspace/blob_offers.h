#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "daemon/folder/disk.h"
#include "daemon/store/replica_store.h"
#include "daemon/support/agenda.h"
#include "daemon/support/clock.h"
#include "daemon/sync/blob_transfers.h"

namespace plait::workspace {

/// Binary files of this disk that the server is to get, a few at a time. What it does not have
/// when this process ends is offered by the next one.
class BlobOffers {
 public:
  struct Parts {
    folder::Disk& disk;
    store::ReplicaStore& store;
    Agenda& agenda;
    const Clock& clock;
    /// Where a file is on disk; nothing if it has gone.
    std::function<std::optional<std::string>(const std::string& file)> path_of;
    /// What cannot be offered, and why.
    std::function<void(const Error& error, const std::string& path)> failed;
  };

  /// All of them outlive it.
  BlobOffers(std::string workspace, Parts parts);
  ~BlobOffers();

  /// What the process before this one did not get rid of.
  void load(std::function<void(Result<void>)> then);
  /// Where they go, which outlives this.
  void use(sync::BlobTransfers& transfers);

  /// The file has these bytes now.
  void add(const std::string& file, const std::string& blob);
  /// What was added is remembered from here on, before others hear of it.
  void save();
  /// That the server is not known to have.
  [[nodiscard]] std::size_t size() const noexcept { return offers_.size(); }

 private:
  using Offer = std::pair<std::string, std::string>;  ///< a file, and its blob

  void offer_some();
  void was_read(const Offer& offer, const std::string& path, Result<folder::ReadFile> read);
  void done(const Offer& offer);

  const std::string workspace_;
  const Parts parts_;
  std::shared_ptr<BlobOffers*> self_;  ///< for answers: null once this is gone
  sync::BlobTransfers* transfers_ = nullptr;
  std::map<std::string, std::string, std::less<>> offers_;  ///< the newest blob of each file
  std::set<Offer> under_way_;
  bool is_saved_ = true;
  Alarm save_alarm_;
};

}  // namespace plait::workspace
