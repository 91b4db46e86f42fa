#pragma once

#include <cstddef>
#include <string>

#include "daemon/support/clock.h"
#include "protocol/base/result.h"
#include "tests/bench/daemon/stage.h"
#include "tests/bench/load/report.h"

namespace plait::bench {

/// Many files, most of them text, in folders of a hundred.
struct LargeFolder {
  std::size_t files = 0;
  std::size_t bytes = 0;  ///< in all of them

  /// The same ones each time.
  void make_at(const std::string& path) const;
};

/// Files in a folder and in those inside of it; none if there is no such folder.
[[nodiscard]] std::size_t files_in(const std::string& path);
[[nodiscard]] double seconds_since(MonotonicTime begun, MonotonicTime now);

/// How long it takes to share a large folder, and to join it: until the file that somebody
/// works on can be edited, until a first file is on disk, and until all are.
Result<void> measure_join(Stage& stage, load::Report& report);

}  // namespace plait::bench
