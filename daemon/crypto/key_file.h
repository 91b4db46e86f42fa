#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/crypto/secret.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// A key and its certificate in PEM take 2 KiB.
inline constexpr std::size_t kMaxKeyFileBytes = std::size_t{64} << 10;

/// Reads a secret that this user alone can read: a regular file of his with no rights for
/// others, and no symbolic link. NotFound if there is no such file; Refused, in words that say
/// what to do, if it is open to others.
Result<SecretBytes> read_key_file(const std::string& path);

/// Writes a secret with mode 0600, whole or not at all: to a new file beside it, which takes
/// its name once it is on disk. Makes the file's folder, with mode 0700, if there is none; one
/// that others can look into is refused.
Result<void> write_key_file(const std::string& path, std::string_view content);

}  // namespace plait::crypto
