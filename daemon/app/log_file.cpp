#include "daemon/app/log_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "daemon/app/descriptor.h"
#include "daemon/store/private_files.h"
#include "daemon/support/log.h"

namespace plait::app {
namespace {

Failure failed(const std::string& what) {
  return fail(ErrorCode::System, what + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<LogFile> LogFile::open(const std::string& folder) {
  if (auto made = store::make_private_folder(folder); !made) return forward_error(made);
  return LogFile(folder + "/daemon.log");
}

Result<void> LogFile::attach() const {
  const Descriptor file(::open(path_.c_str(),
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                               S_IRUSR | S_IWUSR));
  if (!file.is_open()) return failed("opening " + path_);
  for (const int standard : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(file.get(), standard) < 0) return failed("writing to " + path_);
  }
  return {};
}

void LogFile::rotate_if_large() const {
  struct stat info {};
  if (::fstat(STDERR_FILENO, &info) != 0 || info.st_size < kMaxLogBytes) return;
  // If that fails the log is truncated instead: it has a bound whatever happens.
  if (::rename(path_.c_str(), (path_ + ".1").c_str()) != 0 || !attach()) {
    if (::ftruncate(STDERR_FILENO, 0) != 0) log::warning("the log cannot be made shorter");
  }
  log::info("the log goes on here");
}

}  // namespace plait::app
