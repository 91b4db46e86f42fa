#pragma once

#include <string>
#include <string_view>

#include "daemon/crdt/state_vector.h"
#include "daemon/crdt/update_validator.h"
#include "protocol/base/result.h"

namespace plait::crdt {

/// What can be taken of an update while the rest waits for somebody else.
struct UsablePart {
  std::string update;
  /// Whether all is there that the sender may bring. If not, some of it builds on what only
  /// others may bring, or deletes that.
  bool is_complete = true;
};

/// Of an answer to somebody who knows `known`: the new structs under ids that the sender may
/// insert under, of each client up to the first that builds on something which is neither known
/// nor in this part; and the deletions of what is there then. The result is still to be judged
/// like any update. Takes time in proportion to the update.
Result<UsablePart> find_usable_part(std::string_view update, const StateVector& known,
                                    const ClientOwners& owners);

/// Whether an update brings structs, new or known, under an id that is not the sender's.
[[nodiscard]] bool brings_others(std::string_view update, const ClientOwners& owners);

}  // namespace plait::crdt
