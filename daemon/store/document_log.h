#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "daemon/crypto/digest.h"
#include "daemon/store/database.h"
#include "daemon/store/documents.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::store {

/// Documents: their logs, snapshots, hash chains, and who wrote under which client id.
///
/// append() only collects. flush() writes what was collected, one row for neighbouring updates
/// of one author, and is called before anything else reads or writes and before the commit.
class DocumentLog {
 public:
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
    std::uint64_t log_bytes = 0;
  };
  /// A document that this group appends to.
  struct Growing {
    Head head;
    Author author;
    std::string entry;  ///< of that author, not written yet; empty if there is none
  };

  Result<std::uint64_t> key_of(std::string_view workspace, std::string_view name);
  Result<std::int64_t> author_id(const Author& author);
  Result<Head> read_head(DocumentKey key);
  Result<LoadedDocument> load(DocumentKey key);
  Result<std::vector<ClientClaim>> read_claims(DocumentKey key);
  /// The chain's hash at an entry that a snapshot is to cover.
  Result<crypto::Sha256Digest> hash_at(DocumentKey key, std::uint64_t up_to);
  Result<void> write_entry(DocumentKey key, Growing& growing);
  Failure lose(DocumentKey key, ErrorCode code, std::string why);

  Database& database_;
  crypto::Sha256 hasher_;
  std::uint64_t generation_ = 0;
  WallTime now_;

  std::unordered_map<DocumentKey, Growing> growing_;
  /// Appended to since begin_group(), written or not.
  std::unordered_set<DocumentKey> touched_;
  std::unordered_set<DocumentKey> lost_;
  /// No longer lost, should the group be committed.
  std::vector<DocumentKey> found_again_;
  /// An entry could not be written while another came: flush() tells.
  std::optional<Error> failure_;
};

}  // namespace plait::store
