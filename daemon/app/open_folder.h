#pragma once

#include <string>
#include <utility>

#include "daemon/app/descriptor.h"
#include "protocol/base/result.h"

namespace plait::app {

/// A folder that is open, to name what lies in it however long its own path is: the address of
/// a socket has room for 107 bytes.
class OpenFolder {
 public:
  static Result<OpenFolder> open(const std::string& folder);

  /// For this process, and for as long as this exists.
  [[nodiscard]] std::string path_of(const std::string& file) const;
  [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

 private:
  explicit OpenFolder(Descriptor descriptor) noexcept : descriptor_(std::move(descriptor)) {}

  Descriptor descriptor_;
};

}  // namespace plait::app
