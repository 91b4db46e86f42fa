#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "daemon/support/clock.h"

namespace plait::store {

using BlobHash = std::array<std::uint8_t, 32>;

/// A binary file, named by the SHA-256 of its bytes. Workspaces do not share blobs: whether
/// somebody else has a file is nobody's business.
struct BlobKey {
  std::string workspace;
  BlobHash hash{};
};

/// The next piece of a blob that is being sent.
struct BlobChunk {
  BlobKey key;
  /// Who sends it; counts towards their quota.
  std::string author;
  WallTime time;
  std::uint64_t size = 0;    ///< of the whole blob
  std::uint64_t offset = 0;  ///< of these bytes
  std::string bytes;
  /// What else counts towards the workspace's quota.
  std::uint64_t documents = 0;
};

/// How far a blob has come. Sending goes on at `received`, after a cut connection too.
struct BlobState {
  std::uint64_t size = 0;
  std::uint64_t received = 0;
  /// All of it came and is not what its hash says. It was forgotten.
  bool mismatch = false;
  /// It counts towards quotas since this chunk.
  bool is_new = false;
  /// All of it is there and has the hash it is named by.
  [[nodiscard]] bool complete() const { return received == size; }
  bool operator==(const BlobState&) const = default;
};

/// Sums count announced sizes, so that nobody gets past a quota with several blobs at once.
struct BlobQuota {
  std::uint64_t blob = std::uint64_t{32} << 20;
  std::uint64_t workspace = std::uint64_t{4} << 30;  ///< with BlobChunk::documents
  std::uint64_t member = std::uint64_t{1} << 30;
};

/// Bytes that a workspace keeps.
struct Usage {
  std::uint64_t documents = 0;
  std::uint64_t blobs = 0;
};

/// Of one chunk, stored or read.
inline constexpr std::size_t kMaxBlobChunkBytes = std::size_t{1} << 20;

}  // namespace plait::store
