#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/server/member.h"
#include "daemon/server/meters.h"
#include "daemon/server/workspace_quota.h"
#include "daemon/store/documents.h"
#include "daemon/store/server_store.h"
#include "protocol/base/result.h"

namespace plait::server {

/// What the store keeps of a room's document, and who was promised to be told when it does.
///
/// Does no I/O. Its answers come from the store, never inside of a call, and not when it is
/// gone.
class DocumentLog {
 public:
  /// The room.
  class Owner {
   public:
    Owner() = default;
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    virtual ~Owner() = default;
    /// Something is on disk, and whoever was promised it has been told.
    virtual void saved() = 0;
    /// Nobody can say what the store has.
    virtual void not_saved() = 0;
  };

  /// The owner and the rest outlive the log.
  DocumentLog(Owner& owner, store::ServerStore& store, WorkspaceQuota& quota, Meters& meters);

  /// The store has brought the document; everything else comes after that.
  void opened(const store::LoadedDocument& loaded);
  [[nodiscard]] store::DocumentKey key() const noexcept { return key_; }

  /// Whether the workspace may keep an update.
  [[nodiscard]] bool has_room_for(std::string_view update) const noexcept;
  /// Adds an update to an entry that append() will get.
  void note(std::string& entry, std::string_view update);
  /// Entries may be empty, and are not appended then.
  void append(const store::Author& author, std::string entry);
  /// The member is told of `count` updates when all that was appended so far is on disk.
  void promise(Member& member, std::uint64_t count);
  void forget(const Member& member);
  void keep_promises();

  /// Whether the log has grown so long that a state should take its place.
  [[nodiscard]] bool wants_snapshot() const noexcept;
  /// The document's state as it is now. It may hold more than the log does up to the entry that
  /// is named to the store: those updates come again when the document is loaded, and change
  /// nothing. Nothing (out of memory): it is wanted again when as much has come again.
  void put_snapshot(std::optional<std::string> state);

  /// The store has not answered everything.
  [[nodiscard]] bool is_busy() const noexcept {
    return appends_answered_ < appends_asked_ || snapshot_asked_;
  }
  /// Of the newest entry that is known to be on disk.
  [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_sequence_; }
  /// What the document takes in the store.
  [[nodiscard]] std::size_t stored_bytes() const noexcept { return stored_bytes_; }
  /// Of what was noted, the bytes that are not known to be on disk.
  [[nodiscard]] std::size_t unsaved_bytes() const noexcept { return unsaved_bytes_; }

 private:
  struct Promise {
    std::uint64_t appends;  ///< answered so many
    Member* member;
    std::uint64_t count;
  };

  /// Of the quota, from now on.
  void take(std::size_t bytes);
  void appended(std::size_t bytes, const Result<store::Appended>& result);
  void snapshot_put(const Result<void>& result);

  Owner& owner_;
  store::ServerStore& store_;
  WorkspaceQuota& quota_;
  Meters& meters_;
  /// Shared with the answers that the store owes: null once this is gone.
  std::shared_ptr<DocumentLog*> self_;

  store::DocumentKey key_{};
  std::uint64_t appends_asked_ = 0;
  std::uint64_t appends_answered_ = 0;
  std::size_t unsaved_bytes_ = 0;
  std::deque<Promise> promises_;

  std::uint64_t last_sequence_ = 0;
  std::size_t rows_ = 0;  ///< since the latest snapshot
  std::size_t bytes_ = 0;
  std::size_t snapshot_bytes_ = 0;
  bool snapshot_asked_ = false;
  std::size_t stored_bytes_ = 0;  ///< and of the quota
};

}  // namespace plait::server
