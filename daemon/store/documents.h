#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "daemon/support/clock.h"

namespace plait::store {

/// A document in this database; the same for as long as the database exists.
enum class DocumentKey : std::uint64_t {};

/// Who wrote something: a member's id, or how the server names a connection without one.
struct Author {
  std::string name;
  bool operator==(const Author&) const = default;
};

/// A client id that somebody has written under in a document. Nobody else may, ever.
struct ClientClaim {
  std::uint64_t client = 0;
  Author author;
  bool operator==(const ClientClaim&) const = default;
};

/// A document as it is stored: a snapshot, and what came after it.
struct LoadedDocument {
  DocumentKey key{};
  /// Which life of the database this is; another one after a backup was restored.
  std::uint64_t generation = 0;
  /// The state up to some entry, as put_snapshot() was given it; empty if there was none.
  std::string snapshot;
  /// The entries after the snapshot, oldest first: updates, each behind its length (a varint).
  std::vector<std::string> tail;
  /// Of the newest entry; 0 if there never was one.
  std::uint64_t last_sequence = 0;
  std::vector<ClientClaim> clients;
};

/// A document, and how far it has come.
struct ListedDocument {
  std::string name;
  /// Of the newest entry.
  std::uint64_t last_sequence = 0;
  bool operator==(const ListedDocument&) const = default;
};

/// What an appended update got.
struct Appended {
  /// Of the entry that holds it. Updates of one author that came between two commits may share
  /// an entry.
  std::uint64_t sequence = 0;
};

/// Client ids for one start of a replica, never given out before or after: first, first + 1, …
struct ClientLease {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

/// Who asks for client ids.
struct LeaseRequest {
  std::string workspace;
  std::string member;
  /// The device's public key, or nothing if it logged in with a token.
  std::string device;
  std::uint32_t count = 1;
  /// Names the start of a replica, so that asking again gives the same ids; empty: it has no
  /// name, and gets new ones.
  std::string replica = {};
};

inline constexpr std::size_t kMaxWorkspaceIdBytes = 128;
inline constexpr std::size_t kMaxDocumentNameBytes = 4096;
inline constexpr std::size_t kMaxAuthorBytes = 256;
/// One append: a message of the wire with room for what a batch adds.
inline constexpr std::size_t kMaxAppendBytes = std::size_t{8} << 20;
/// An entry takes further appends of its author up to here, so that a row stays small to read.
inline constexpr std::size_t kMaxEntryBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSnapshotBytes = std::size_t{256} << 20;
/// Documents in one answer, and a name that can be in it.
inline constexpr std::size_t kMaxListedDocuments = 4096;
inline constexpr std::size_t kMaxListedNameBytes = 64;
/// Claims in one request.
inline constexpr std::size_t kMaxClaims = 4096;

/// Below are the ids that Yjs clients choose for themselves, 32 random bits.
inline constexpr std::uint64_t kFirstLeasedClient = std::uint64_t{1} << 32;
/// What JavaScript counts exactly.
inline constexpr std::uint64_t kLastLeasedClient = (std::uint64_t{1} << 53) - 1;
inline constexpr std::uint32_t kMaxLeaseCount = 1024;

}  // namespace plait::store
