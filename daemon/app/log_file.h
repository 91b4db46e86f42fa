#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"

namespace plait::app {

/// A log begins anew when it is as large as this; the one before is kept.
inline constexpr std::int64_t kMaxLogBytes = std::int64_t{2} << 20;

/// Where standard output and standard error go in a process that has no terminal.
class LogFile {
 public:
  /// `folder` is made if there is none.
  static Result<LogFile> open(const std::string& folder);

  /// From now on, until it is large.
  Result<void> attach() const;
  void rotate_if_large() const;

 private:
  explicit LogFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace plait::app
