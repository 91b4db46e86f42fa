#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/base/result.h"

namespace plait {

// Names of files inside of a shared folder, as they travel: UTF-8, components between slashes.
// What is no such name is neither sent nor taken, on any machine.

inline constexpr std::size_t kMaxPathBytes = 4096;
inline constexpr std::size_t kMaxPathComponentBytes = 255;
/// Folders inside of folders, and the file.
inline constexpr std::size_t kMaxPathDepth = 64;

/// Refused, in words for a person, unless the path
/// - stays inside of the folder: no component is empty, `.` or `..`, none begins at the root;
/// - looks like what it is: no control characters, nothing that turns the direction of writing,
///   nothing without width;
/// - can be made elsewhere: no backslash, and no name that stands for a device.
[[nodiscard]] Result<void> check_relative_path(std::string_view path);

}  // namespace plait
