#pragma once

#include <string>

#include "protocol/base/result.h"

namespace plait::store {

/// Makes a folder that nobody else may look into (0700), or checks that it is one.
Result<void> make_private_folder(const std::string& folder);

/// Makes an empty file that nobody else may read (0600) at `path`, in place of one there may
/// be. Refused if there is something at `target` already.
Result<void> make_private_file(const std::string& path, const std::string& target);

/// Syncs a file and gives it its final name, where nothing may be.
Result<void> publish_file(const std::string& path, const std::string& target);

}  // namespace plait::store
