#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "protocol/base/assert.h"

namespace plait::support {

/// A new folder that nobody else can look into, and that goes with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plait-XXXXXX").string();
    PLAIT_ASSERT(mkdtemp(name.data()) != nullptr, "a temporary folder to be made");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// The path of something in it.
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace plait::support
