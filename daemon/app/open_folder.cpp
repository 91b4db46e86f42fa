#include "daemon/app/open_folder.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>

namespace plait::app {

Result<OpenFolder> OpenFolder::open(const std::string& folder) {
  Descriptor descriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.is_open()) return OpenFolder(std::move(descriptor));
  const int why = errno;
  const ErrorCode code = why == ENOENT ? ErrorCode::NotFound : ErrorCode::System;
  return fail(code, folder + ": " + std::generic_category().message(why));
}

std::string OpenFolder::path_of(const std::string& file) const {
  return "/proc/self/fd/" + std::to_string(descriptor_.get()) + "/" + file;
}

}  // namespace plait::app
