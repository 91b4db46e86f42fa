#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/folder/descriptor.h"
#include "daemon/folder/root.h"
#include "daemon/support/clock.h"
#include "protocol/base/result.h"

namespace plait::folder {

/// Where removed and replaced files go, outside of the shared folder, so that nothing is lost
/// by what others do. A person finds them by time and path: `20260131T120000Z/src/main.c`. What
/// was kept within the same second of the same path is in `20260131T120000Z-2/`, and so on.
///
/// Any thread may use it.
class Bin {
 public:
  static constexpr std::chrono::days kKeptFor{30};
  /// Of all files together; the oldest go first.
  static constexpr std::uint64_t kMaxBytes = std::uint64_t{4} * 1024 * 1024 * 1024;
  /// Versions of one path in one second.
  static constexpr int kMaxVersions = 1000;

  /// Made if need be, for nobody else to look into. The clock outlives it.
  static Result<Bin> open(std::string path, const Clock& clock);

  // Each answers with the absolute path of what is kept; it is on disk then. `path` is what it
  // was called in the shared folder.

  /// Moves a file or folder out of there. Across file systems it is copied first; only a
  /// regular file can be.
  Result<std::string> take(NameIn from, std::string_view path) const;
  Result<std::string> keep_copy(std::string_view path, const Descriptor& file) const;
  Result<std::string> keep_copy(std::string_view path, std::string_view bytes) const;

  /// Removes what is too old, and the oldest of what is too much.
  void purge(WallTime now, std::uint64_t max_bytes = kMaxBytes) const;

 private:
  Bin(std::string path, const Clock& clock, Descriptor folder);

  /// Offers free places for a path to `put(place)`, which answers with 0 or errno, until there
  /// is one where nothing is.
  template <class Put>
  Result<std::string> find_place(std::string_view path, Put put) const;
  /// Puts a new file there, its bytes by `fill(fd)`, which answers with false and errno.
  template <class Fill>
  Result<std::string> keep_new(std::string_view path, Fill fill) const;

  std::string path_;
  const Clock* clock_;
  Descriptor folder_;
};

}  // namespace plait::folder
