#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "daemon/store/server_store.h"
#include "protocol/base/result.h"

namespace plait::server {

/// What a workspace takes of what it may take in the store: its documents, as logs and
/// snapshots, and its binary files.
///
/// The store is asked once. From then on the sum is kept by what the store is handed, so that
/// no update costs a look into the database. Documents are to be opened after this is made:
/// then the sum is known before anybody can change them.
class WorkspaceQuota {
 public:
  static constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

  /// Asks the store, which outlives it.
  WorkspaceQuota(store::ServerStore& store, std::string workspace, std::uint64_t limit);

  [[nodiscard]] bool has_room_for(std::uint64_t bytes) const noexcept {
    return used() <= limit_ && bytes <= limit_ - used();
  }
  [[nodiscard]] std::uint64_t used() const noexcept { return documents_ + blobs_; }

  /// What a document takes in the store, or is about to, is another.
  void document_changed(std::uint64_t before, std::uint64_t after);
  /// Something was not stored: only the store knows now what there is.
  void ask();

  /// The way that pieces of binary files take to the store. A file counts from its first word
  /// on, as large as it is going to be.
  void put_blob(store::BlobChunk chunk, store::Answer<store::BlobState> answer);

 private:
  void answered(const Result<store::Usage>& usage);
  void blob_answered(std::uint64_t size, const Result<store::BlobState>& state);

  store::ServerStore& store_;
  const std::string workspace_;
  const std::uint64_t limit_;
  /// Shared with the answers that the store owes: null once this is gone.
  std::shared_ptr<WorkspaceQuota*> self_;

  std::uint64_t documents_ = 0;
  std::uint64_t blobs_ = 0;
  bool is_asked_ = false;
  bool is_unsure_ = false;  ///< the store could not say
  std::uint64_t documents_when_asked_ = 0;
};

}  // namespace plait::server
