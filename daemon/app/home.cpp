#include "daemon/app/home.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace plait::app {
namespace {

Failure failed(const std::string& what, int why) {
  return fail(ErrorCode::System, what + ": " + std::generic_category().message(why));
}

/// A variable that is set to something.
std::optional<std::string> variable(const char* name) {
  // Nothing in this program sets one.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

/// Makes the folder, and those above it.
Result<void> make(const std::string& folder) {
  std::error_code error;
  if (const auto above = std::filesystem::path(folder).parent_path(); !above.empty()) {
    std::filesystem::create_directories(above, error);
    if (error) return failed("making " + above.string(), error.value());
  }
  if (mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) return {};
  return failed("making " + folder, errno);
}

/// Nothing is in it, or a daemon has been there.
bool is_ours_to_close(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder + "/" + kDaemonLock, error)) return true;
  return std::filesystem::is_empty(folder, error) && !error;
}

Result<void> check(const std::string& folder, int descriptor) {
  struct stat info {};
  if (fstat(descriptor, &info) != 0) return failed("looking at " + folder, errno);
  if (info.st_uid != geteuid()) {
    return fail(ErrorCode::Refused,
                folder + " is another user's: set PLAIT_HOME to a folder of your own");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  if (!is_ours_to_close(folder)) {
    return fail(ErrorCode::Refused, "others may look into " + folder +
                                        ", which will hold a key: `chmod 700` it, or set "
                                        "PLAIT_HOME to a folder for Plait alone");
  }
  if (chmod(folder.c_str(), S_IRWXU) == 0) return {};
  return failed("closing " + folder + " to others", errno);
}

bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::ranges::mismatch(path, folder).in2 == folder.end();
}

/// The whole of a file, as fcntl(2) locks it.
struct flock whole_file() noexcept {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

Descriptor open_lock(const Home& home) {
  return Descriptor(::open(home.short_path_of(kDaemonLock).c_str(),
                           O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
}

}  // namespace

// --- The folder --------------------------------------------------------------------------

Result<std::string> home_folder() {
  std::string folder;
  if (auto given = variable("PLAIT_HOME")) {
    folder = *std::move(given);
  } else if (auto state = variable("XDG_STATE_HOME"); state && state->starts_with('/')) {
    folder = *state + "/plait";
  } else if (auto user = variable("HOME")) {
    folder = *user + "/.local/state/plait";
  } else {
    return fail(ErrorCode::NotFound,
                "neither PLAIT_HOME nor HOME says where Plait may keep its files");
  }
  std::error_code error;
  const auto absolute = std::filesystem::absolute(folder, error).lexically_normal();
  if (error) return failed(folder, error.value());
  std::string path = absolute.string();
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

Result<Home> Home::open(const std::string& folder) {
  if (auto made = make(folder); !made) return forward_error(made);
  auto opened = OpenFolder::open(folder);
  if (!opened) return forward_error(opened);
  if (auto good = check(folder, opened->descriptor()); !good) return forward_error(good);
  return Home(folder, *std::move(opened));
}

Result<void> Home::check_apart(const std::string& folder) const {
  std::error_code error;
  const auto own = std::filesystem::canonical(folder_, error);
  if (error) return failed(folder_, error.value());
  if (!is_inside(own, folder) && !is_inside(folder, own)) return {};
  return fail(ErrorCode::Refused, folder +
                                      " cannot be shared: Plait's own files, with your key, "
                                      "are in " +
                                      own.string());
}

std::string Home::path_of(const std::string& name) const { return folder_ + "/" + name; }

// --- The lock ----------------------------------------------------------------------------

Result<std::optional<DaemonLock>> DaemonLock::take(const Home& home) {
  Descriptor file = open_lock(home);
  if (!file.is_open()) return failed("opening " + home.path_of(kDaemonLock), errno);
  struct flock lock = whole_file();
  // Of the open file and not of the process, so that it goes along when that forks.
  if (fcntl(file.get(), F_OFD_SETLK, &lock) == 0)
    return std::optional(DaemonLock(std::move(file)));
  if (errno == EAGAIN || errno == EACCES) return std::optional<DaemonLock>();
  return failed("locking " + home.path_of(kDaemonLock), errno);
}

bool DaemonLock::is_taken(const Home& home) {
  const Descriptor file = open_lock(home);
  struct flock lock = whole_file();
  return file.is_open() && fcntl(file.get(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace plait::app
