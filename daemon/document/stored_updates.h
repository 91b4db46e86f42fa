#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/crdt/document.h"
#include "protocol/base/result.h"

namespace plait::document {

/// Fills an empty document with what a store has: a snapshot (may be empty) and the entries
/// after it, each of them updates behind their lengths. Fails if they are no updates, or not a
/// whole document.
Result<void> apply_stored(crdt::Document& document, std::string_view snapshot,
                          std::span<const std::string> entries);

}  // namespace plait::document
