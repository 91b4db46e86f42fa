#pragma once

#include <cstdint>
#include <string_view>

#include "daemon/crypto/digest.h"

namespace plait::store {

/// What an entry of the log says besides its updates.
struct EntryHead {
  std::uint64_t document = 0;
  std::uint64_t sequence = 0;
  std::uint64_t generation = 0;
  std::int64_t time = 0;
  std::string_view author;
};

/// Where a document's chain begins.
inline constexpr crypto::Sha256Digest kChainStart{};

/// An entry's place in the chain: the SHA-256 of the hash before it, of its head, and of its
/// updates behind their length. Nothing in the log can be changed, left out or moved without
/// every later hash being another. docs/storage.md has the bytes.
crypto::Sha256Digest next_in_chain(crypto::Sha256& hasher, const crypto::Sha256Digest& previous,
                                   const EntryHead& head, std::string_view updates);

}  // namespace plait::store
