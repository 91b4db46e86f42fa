#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/store/database.h"
#include "daemon/store/documents.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Documents: their logs, snapshots, hash chains, and who wrote under which client id.
///
/// append() only collects, one entry for neighbouring updates of one author. flush() writes
/// what was collected, and is called before anything else reads or writes and before the
/// commit.
///
/// Entries are written to the table `recent`, one behind the other, since in the log each would
/// change a page of its own. When that is full they all move to the log, sorted, and the rows
/// of their documents learn of them.
class DocumentLog {
 public:
  /// What `recent` holds at most: some seconds of typing in hundreds of documents. What alone
  /// is more goes to the log at once.
  static constexpr std::size_t kMaxRecentRows = 4096;
  static constexpr std::size_t kMaxRecentBytes = std::size_t{256} << 10;  ///< of updates

  explicit DocumentLog(Database& database) : database_(database) {}

  /// What entries carry from now on.
  void begin_group(std::uint64_t generation, WallTime now);
  /// The group was rolled back. Documents that were appended to have lost something, so they
  /// take no more until they are opened again.
  void group_failed();

  Result<LoadedDocument> open(std::string_view workspace, std::string_view name);
  Result<Appended> append(DocumentKey key, const Author& author, std::string_view updates);
  /// What append() answers when it is refused for want of room.
  Failure refuse_append(DocumentKey key);
  Result<void> claim_clients(DocumentKey key, const Author& author,
                             std::span<const std::uint64_t> clients);
  Result<void> put_snapshot(DocumentKey key, std::uint64_t up_to, std::string_view state);
  Result<void> flush();

  /// Recomputes the document's chain and compares it with what is stored; answers the number of
  /// entries, Damaged if anything does not fit.
  Result<std::uint64_t> verify(DocumentKey key);

 private:
  /// The end of a document's log.
  struct Head {
    std::uint64_t sequence = 0;
    crypto::Sha256Digest hash{};
  };
  /// A document that is appended to.
  struct Growing {
    Head head;
    Author author;
    std::string entry;  ///< of that author, not in the head yet; empty if there is none
  };
  struct Entry {
    DocumentKey document{};
    Head head;  ///< with the entry
    Author author;
    std::string updates;
  };
  /// How much is in `recent`.
  struct Extent {
    std::size_t rows = 0;
    std::size_t bytes = 0;
  };

  Result<std::uint64_t> key_of(std::string_view workspace, std::string_view name);
  Result<std::int64_t> author_id(const Author& author);
  Result<Head> read_head(DocumentKey key);
  Result<Growing*> growing(DocumentKey key);
  [[nodiscard]] bool may_be_in_recent(DocumentKey key) const {
    return !recent_ || growing_.contains(key);
  }
  Result<LoadedDocument> load(DocumentKey key);
  Result<std::vector<ClientClaim>> read_claims(DocumentKey key);
  /// The chain's hash at an entry that a snapshot is to cover.
  Result<crypto::Sha256Digest> hash_at(DocumentKey key, std::uint64_t up_to);
  void end_entry(DocumentKey key, Growing& growing);
  void end_entries();
  Result<void> write_to_recent();
  /// All of it to the log.
  Result<void> file_recent();
  Result<void> write_to_log();
  Result<void> replace_entries(DocumentKey key, std::uint64_t up_to, std::string_view state);
  Failure lose(DocumentKey key, ErrorCode code, std::string why);

  Database& database_;
  crypto::Sha256 hasher_;
  std::uint64_t generation_ = 0;
  WallTime now_;

  /// Who has entries in `recent` is here, unless that is not known; and maybe others.
  std::unordered_map<DocumentKey, Growing> growing_;
  /// Of these, those that have an entry.
  std::vector<std::pair<DocumentKey, Growing*>> open_entries_;
  /// Ended and not written, in the order of each document's.
  std::vector<Entry> entries_;
  std::size_t entry_bytes_ = 0;
  /// Nothing: what another run, or a group that failed, has left there is not known.
  std::optional<Extent> recent_;

  /// Appended to since begin_group(), written or not.
  std::unordered_set<DocumentKey> touched_;
  std::unordered_set<DocumentKey> lost_;
  /// No longer lost, should the group be committed.
  std::vector<DocumentKey> found_again_;
};

}  // namespace plait::store
