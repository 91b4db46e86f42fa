#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/replica_store.h"
#include "protocol/base/result.h"

namespace plait::workspace {

/// How much may lie behind a document's snapshot before another one is made: as much as the
/// snapshot, and no less than this.
inline constexpr std::size_t kMinTailBytes = std::size_t{64} << 10;

/// What a document has on this disk: writes its updates into the store, in order, and says when
/// those that were made here may be sent. While one append is under way the next updates
/// gather; but what was made here does not wait for what came from the server, which is in no
/// haste.
///
/// Does no I/O: the store answers later, and not to a journal that has gone.
class DocumentJournal {
 public:
  struct Handlers {
    /// All of the document as it is now, for a snapshot.
    std::function<std::string()> encode;
    /// These updates, made here, are on disk. Or cannot be: the error was told before.
    std::function<void(const std::vector<std::string>& updates)> written;
    std::function<void(const Error& error)> failed;
  };

  DocumentJournal(store::ReplicaStore& store, std::string workspace, std::string document,
                  Handlers handlers);
  ~DocumentJournal();
  DocumentJournal(const DocumentJournal&) = delete;
  DocumentJournal& operator=(const DocumentJournal&) = delete;

  /// What open_document() brought.
  void loaded(const store::ReplicaDocument& stored);
  void add(std::string_view update, bool is_own);
  /// A state takes the place of all that was added.
  void put_snapshot();

  /// Something is not on disk, or not known to be.
  [[nodiscard]] bool is_busy() const noexcept { return in_flight_ > 0 || !waiting_.empty(); }
  /// Own updates that were not handed to `written` yet.
  [[nodiscard]] bool has_unwritten() const noexcept {
    return !waiting_own_.empty() || writing_own_ > 0;
  }

 private:
  void write();
  void appended(const Result<std::size_t>& tail_bytes, const std::vector<std::string>& own);

  store::ReplicaStore& store_;
  const std::string workspace_;
  const std::string document_;
  const Handlers handlers_;
  std::shared_ptr<DocumentJournal*> self_;  ///< for answers: null once this is gone

  std::string waiting_;  ///< updates behind their lengths
  std::vector<std::string> waiting_own_;
  std::size_t writing_own_ = 0;  ///< own updates that are under way
  std::size_t in_flight_ = 0;    ///< appends and snapshots
  bool is_in_haste_ = false;     ///< the last of them is: it is not overtaken
  bool is_broken_ = false;       ///< an append failed: only a snapshot mends that
  std::size_t snapshot_bytes_ = 0;
};

}  // namespace plait::workspace
