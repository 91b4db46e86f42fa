#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace plait {

// Files as editors name them: `file:///home/ann/a%20b.txt` (RFC 8089), for files of this
// machine.

/// Of an absolute path, whatever bytes it has.
[[nodiscard]] std::string file_uri(std::string_view path);

/// The absolute path: of "/a/./b", "/a/x/../b" and "/a//b/" it is "/a/b", and nothing is looked
/// up. Malformed if it is no URI of a file here.
Result<std::string> path_of_file_uri(std::string_view uri);

}  // namespace plait
