#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/support/clock.h"

namespace plait::store {

/// What a client remembers about the folders that it shares. Ids, roles and messages are the
/// protocol's words, and bytes to the store.

/// A shared folder that this machine has, or had.
struct ReplicaWorkspace {
  enum class State : std::uint8_t {
    Active = 1,
    Left = 2,  ///< the folder stays; nothing in it is shared any more
  };

  std::string id;
  std::string name;
  /// Absolute.
  std::string folder;
  /// Where its server is.
  std::string host;
  std::uint16_t port = 0;
  /// SHA-256 of the certificate that the server has to show; nothing: an authority's word will
  /// do.
  std::optional<std::array<std::uint8_t, 32>> fingerprint;
  /// The server runs in this daemon.
  bool embedded = false;
  std::string role;
  /// Who this machine is there; empty before the first time.
  std::string user;
  /// Of the server's database, as it was last seen; 0: never.
  std::uint64_t generation = 0;
  /// The newest entry of the feed that was seen.
  std::uint64_t feed_sequence = 0;
  /// When all was last the same here and there.
  std::optional<WallTime> synced;
  /// The link that it was joined with, while that may be needed again.
  std::optional<std::string> invite;
  State state = State::Active;
  bool operator==(const ReplicaWorkspace&) const = default;
};

/// A document as it is stored: a snapshot, and what came after it.
struct ReplicaDocument {
  /// As put_snapshot() was given it; empty if there was none.
  std::string snapshot;
  /// What was appended since, oldest first: updates, each behind its length (a varint). How
  /// many of them one string holds means nothing.
  std::vector<std::string> tail;
  /// As set_synced() was given it, 0 before that.
  std::uint64_t synced_version = 0;
  /// In the tail. Whoever has the document decides when a snapshot is worth it.
  std::size_t tail_bytes = 0;
};

/// What the server had of a document when all that was here was there and the other way round.
struct SyncedVersion {
  std::string document;
  std::uint64_t version = 0;
  bool operator==(const SyncedVersion&) const = default;
};

/// A client id that was taken for good.
struct TakenClient {
  std::uint64_t client = 0;
  /// How many more there are.
  std::uint64_t left = 0;
};

/// What the folder held when the core last looked.
struct ReplicaFile {
  enum class Kind : std::uint8_t { Text = 1, Blob = 2 };

  std::string id;
  /// Relative to the folder.
  std::string path;
  std::array<std::uint8_t, 32> sha256{};
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
  bool executable = false;
  Kind kind = Kind::Text;
  bool operator==(const ReplicaFile&) const = default;
};

/// A chat message by its sequence number, as the core wrote it down.
struct CachedMessage {
  std::uint64_t sequence = 0;
  std::string bytes;
  bool operator==(const CachedMessage&) const = default;
};

/// A chat message that the server does not have yet.
struct OutgoingMessage {
  /// Made here, so that what is sent twice is posted once.
  std::string id;
  std::string bytes;
  bool operator==(const OutgoingMessage&) const = default;
};

struct ReplicaStats {
  std::uint64_t file_bytes = 0;
  /// Of the file, waiting to be used again.
  std::uint64_t free_bytes = 0;
  std::uint64_t workspaces = 0;
  std::uint64_t documents = 0;
  std::uint64_t snapshot_bytes = 0;
  std::uint64_t tail_bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t bases = 0;
  std::uint64_t messages = 0;
  std::uint64_t outgoing = 0;
};

/// Of every id, name, host and role, of a setting's name and a note's key.
inline constexpr std::size_t kMaxReplicaNameBytes = 1024;
/// Of folders, paths and invites.
inline constexpr std::size_t kMaxReplicaPathBytes = 4096;
inline constexpr std::size_t kMaxReplicaSettingBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxReplicaWorkspaces = 1000;
/// One append: what the wire carries at most, and room for the largest file as one update.
inline constexpr std::size_t kMaxReplicaAppendBytes = std::size_t{32} << 20;
inline constexpr std::size_t kMaxReplicaSnapshotBytes = std::size_t{256} << 20;
inline constexpr std::size_t kMaxBaseBytes = std::size_t{32} << 20;
/// Client ids in one request, and not used yet in one workspace.
inline constexpr std::size_t kMaxStockedClients = 100'000;
/// JavaScript counts up to here exactly.
inline constexpr std::uint64_t kLastStockedClient = (std::uint64_t{1} << 53) - 1;
/// Documents, files or messages in one request.
inline constexpr std::size_t kMaxReplicaBatch = 100'000;
inline constexpr std::size_t kMaxCachedMessageBytes = std::size_t{256} << 10;
/// Of a workspace; older ones are forgotten, the server has them.
inline constexpr std::size_t kMaxCachedMessages = 10'000;
/// Messages in one answer.
inline constexpr std::size_t kMaxCachedPage = 500;
/// Messages that wait for the server, in one workspace.
inline constexpr std::size_t kMaxOutgoing = 10'000;
inline constexpr std::size_t kMaxNoteBytes = std::size_t{1} << 20;

}  // namespace plait::store
