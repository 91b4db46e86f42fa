#pragma once

#include "daemon/folder/root.h"

namespace plait::folder {

// Each answers with 0 or errno.

/// Never over something: EEXIST then. Where the file system cannot promise that, it is looked
/// at just before.
[[nodiscard]] int rename_to_free(NameIn from, NameIn to,
                                 const Abilities& abilities = {}) noexcept;

/// Swaps two names. EINVAL if the file system cannot.
[[nodiscard]] int exchange(NameIn a, NameIn b, const Abilities& abilities) noexcept;

}  // namespace plait::folder
