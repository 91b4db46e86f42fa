#pragma once

#include <cstdint>
#include <vector>

#include "daemon/crdt/id.h"
#include "daemon/crdt/item.h"
#include "daemon/crdt/replica.h"

namespace plait::crdt {

// What Yjs's Text does differently once it has Format items (YText.js). A Format is a mark in
// the list that sets a key to a value, or ends it (null), for everything behind it; it takes no
// room. This program never makes formats, but it types into text that others have formatted,
// and it deletes the marks that Yjs would delete.
//
// All of it looks at the list around a place, so it costs more than a change of plain text:
// as much as the list to the left of the place is long, where marks are next to it.

/// What text that is typed between two neighbours goes in front of, so that it looks like what
/// is to the left: behind what was deleted there, and behind marks that change nothing.
[[nodiscard]] ItemRef typing_goes_before(const Replica& replica, TypeRef text, ItemRef left,
                                         ItemRef right);

/// Deletes units of text and objects from behind `left` on (None: from the start), and the
/// marks that have become redundant in the gap which that leaves.
void erase_formatted(Replica& replica, TypeRef text, ItemRef left, std::uint32_t units);

/// The marks that have become redundant by the current transaction, if it is one that calls for
/// a look: remote, with a change in a formatted text. To be asked before it is finished; they
/// are to be deleted in a transaction of its own.
[[nodiscard]] std::vector<Id> redundant_formats(const Replica& replica);

}  // namespace plait::crdt
