#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait::folder {

// What a name alone says, whatever any rule does. Case does not matter, since it does not on
// every machine that a file may get to. Paths are such as check_relative_path() lets through.

/// Sharing::Never: the path is in, or is, what belongs to a version control system or to ssh;
/// or one of our temporary files. Nobody's changes to it are taken, and no rule shares it.
[[nodiscard]] bool is_never_shared(std::string_view path);
/// Refused, in words for a person, if it is.
[[nodiscard]] Result<void> check_may_be_shared(std::string_view path);

/// A program runs what this file says as soon as somebody opens the folder or goes into it. A
/// change of it by somebody else waits for the person here.
[[nodiscard]] bool is_guarded(std::string_view path);

/// The last name in the path is one that passwords and private keys have: shared only if the
/// person here says so.
[[nodiscard]] bool looks_secret(std::string_view path);

/// Our temporary files: ".plait-", letters and digits of one process, a number. What is left of
/// an earlier process may hold what somebody saved.
inline constexpr std::string_view kTemporaryPrefix = ".plait-";
[[nodiscard]] bool is_temporary_name(std::string_view name);

/// The last name in a path, and the folder it is in: empty for the shared folder itself.
[[nodiscard]] std::string_view name_in(std::string_view path);
[[nodiscard]] std::string_view folder_of(std::string_view path);
/// A name in a folder, which may be the empty path.
[[nodiscard]] std::string path_in(std::string_view folder, std::string_view name);
/// Whether `path` is `folder` or in it.
[[nodiscard]] bool is_within(std::string_view path, std::string_view folder);

}  // namespace plait::folder
