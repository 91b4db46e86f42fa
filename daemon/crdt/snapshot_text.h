#pragma once

#include <string>

#include "daemon/crdt/replica.h"
#include "daemon/crdt/snapshot.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// The text of a root type as it was at the snapshot: what Y.createDocFromSnapshot makes of it.
/// The snapshot has to be one of this document, and the document one that collects nothing.
/// Costs in proportion to everything the text ever held.
[[nodiscard]] Result<std::string> text_at(const Replica& replica, TypeRef text,
                                          const Snapshot& snapshot);

}  // namespace plait::crdt
