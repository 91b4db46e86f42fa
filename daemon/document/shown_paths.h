#pragma once

#include <span>

#include "daemon/document/tree.h"

namespace plait::document {

/// Sets `shown_path` of all entries of a tree, which are in the order of their ids
/// (docs/protocol.md, "The tree").
void choose_shown_paths(std::span<TreeEntry> entries);

}  // namespace plait::document
