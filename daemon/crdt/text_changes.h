#pragma once

#include <vector>

#include "daemon/crdt/replica.h"
#include "daemon/crdt/text_edit.h"

namespace plait::crdt {

/// What the latest transaction changed in a text, as the fewest edits in text order. Costs in
/// proportion to what changed, times the logarithm of the text's length.
[[nodiscard]] std::vector<TextEdit> text_changes(const Replica& replica, TypeRef text);

/// A place that is given by what lies before it.
[[nodiscard]] TextPosition position_of(const SequenceIndex& index,
                                       const SequenceIndex::Tree& tree,
                                       const Extent& before) noexcept;

}  // namespace plait::crdt
