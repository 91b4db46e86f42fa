#pragma once

#include <functional>
#include <string_view>

#include "daemon/folder/entry.h"
#include "daemon/folder/root.h"
#include "daemon/folder/rules.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// Told of each folder that is shared, open, before it is listed: what comes into it from then
/// on is not missed by who watches it.
using OnFolder = std::function<void(std::string_view path, const Descriptor& folder)>;

/// All of a shared folder. Tells the rules what there is.
Result<Scan> scan_all(const Root& root, Rules& rules, const OnFolder& on_folder = {});

/// A folder in it that is shared, without itself.
Result<Scan> scan_within(const Root& root, Rules& rules, std::string_view folder,
                         const OnFolder& on_folder = {});

}  // namespace plait::folder
