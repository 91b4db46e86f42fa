#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/crdt/state_vector.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// One update with everything that several have, gaps marked, without a document: the bytes of
/// Y.mergeUpdates. A single update comes back as it is, none as an empty one.
///
/// One part of those bytes hangs on how the JavaScript engine sorts: which update counts where
/// one has an item and another has it collected. For fewer than 64 updates this follows V8; for
/// more the earlier update counts. Either is right, and Yjs in another browser may differ as
/// well.
Result<std::string> merge_updates(std::span<const std::string_view> updates);

/// What an update has beyond a state vector, and all of its deletions: the bytes of
/// Y.diffUpdate.
Result<std::string> diff_update(std::string_view update, const StateVector& state);

/// What somebody with nothing has after this update: each client up to its first gap.
Result<StateVector> state_vector_from_update(std::string_view update);

}  // namespace plait::crdt
