#pragma once

#include <cstddef>

#include "daemon/crdt/delete_set.h"
#include "daemon/crdt/replica.h"
#include "daemon/crdt/state_vector.h"
#include "protocol/base/bytes.h"

namespace plait::crdt {

/// Writes what a peer at `known` lacks, in update format v1: byte for byte what Yjs would write
/// for a document with the same history. Pending updates are not part of it.
void encode_state(const Replica& replica, const StateVector& known, ByteWriter& out);

/// The same in parts, for a peer that cannot take everything at once: each is an update of
/// `max_bytes` at most, unless one item, or all deletions, are longer. What it builds on may
/// come with a later one, and all deletions come with the last. `known` becomes what the peer
/// has with this part. Whether it is the last.
[[nodiscard]] bool encode_part(const Replica& replica, StateVector& known,
                               std::size_t max_bytes, ByteWriter& out);

/// Writes what the latest transaction did. False (and nothing written) if it did nothing.
[[nodiscard]] bool encode_transaction(const Replica& replica, ByteWriter& out);

/// The clock that follows each client's last item.
[[nodiscard]] StateVector state_vector_of(const Replica& replica);

/// Everything that is deleted.
[[nodiscard]] DeleteSet delete_set_of(const Replica& replica);

}  // namespace plait::crdt
