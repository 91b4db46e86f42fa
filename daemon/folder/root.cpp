#include "daemon/folder/root.h"

#include <array>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/folder/names.h"
#include "protocol/base/relative_path.h"

namespace plait::folder {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr mode_t kNewFolderMode = 0755;
/// Somebody who writes into a file while it is read is soon done with it, or never.
constexpr int kReadAttempts = 5;

int openat2_folder(int root, const char* path) noexcept {
  open_how how{};
  how.flags = kFolderFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof how));
}

}  // namespace

Root::Root(std::string path, mode_t umask, Abilities abilities, Descriptor folder,
           const struct ::stat& status)
    : path_(std::move(path)),
      umask_(umask),
      abilities_(abilities),
      folder_(std::move(folder)),
      device_(status.st_dev),
      inode_(status.st_ino) {}

Result<Root> Root::open(std::string path, mode_t umask, Abilities abilities) {
  // The way to the folder may lead through links; they are the person's own.
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct ::stat status {};
  if (!folder.is_open() || fstat(folder.fd(), &status) != 0) {
    return system_failure("opening the folder", path);
  }
  // Older kernels do not have it, and sandboxes may forbid it.
  const Descriptor probe(openat2_folder(folder.fd(), "."));
  if (!probe.is_open()) abilities.opens_beneath = false;
  return Root(std::move(path), umask, abilities, std::move(folder), status);
}

Result<void> Root::check() const {
  struct ::stat status {};
  const bool is_same = ::stat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
                       status.st_ino == inode_;
  if (is_same) return {};
  return fail(ErrorCode::NotFound, "the folder " + path_ + " has gone or been replaced");
}

Result<void> Root::flush() const {
  if (syncfs(folder_.fd()) != 0) return system_failure("writing to disk", path_);
  return {};
}

Descriptor Root::step(int folder, const std::string& name) const {
  Descriptor opened(openat(folder, name.c_str(), kFolderFlags | O_NOFOLLOW));
  struct ::stat status {};
  if (opened.is_open()) {
    if (fstat(opened.fd(), &status) == 0 && is_here(status)) return opened;
    errno = EXDEV;
  } else if (errno == ENOTDIR &&
             fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
    errno = S_ISLNK(status.st_mode) ? ELOOP : ENOTDIR;
  }
  return {};
}

Descriptor Root::walk(std::string_view path) const {
  Descriptor at(fcntl(folder_.fd(), F_DUPFD_CLOEXEC, 0));
  while (at.is_open() && !path.empty()) {
    const std::size_t slash = path.find('/');
    at = step(at.fd(), std::string(path.substr(0, slash)));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return at;
}

Descriptor Root::open_beneath(const std::string& path) const {
  if (!abilities_.opens_beneath) return walk(path);
  return Descriptor(openat2_folder(folder_.fd(), path.empty() ? "." : path.c_str()));
}

Result<Descriptor> Root::open_folder(std::string_view path) const {
  if (!path.empty()) {
    if (auto checked = check_relative_path(path); !checked) return forward_error(checked);
  }
  Descriptor folder = open_beneath(std::string(path));
  if (!folder.is_open()) return system_failure("opening the folder", path);
  return folder;
}

Result<Place> Root::place_of(std::string_view path) const {
  if (auto checked = check_relative_path(path); !checked) return forward_error(checked);
  auto folder = open_folder(folder_of(path));
  if (!folder) return forward_error(folder);
  return Place{*std::move(folder), std::string(name_in(path))};
}

Descriptor Root::make_folder_in(int folder, const std::string& name) const {
  const bool is_new = mkdirat(folder, name.c_str(), S_IRWXU) == 0;
  if (!is_new && errno != EEXIST) return {};
  Descriptor made = step(folder, name);
  if (!is_new || !made.is_open()) return made;
  struct ::stat status {};
  if (fstat(made.fd(), &status) != 0) return {};
  // Not by mkdirat(): that takes the umask of this process, which is not the person's.
  const mode_t mode = (status.st_mode & S_ISGID) | (kNewFolderMode & ~umask_);
  if (fchmod(made.fd(), mode) != 0 || fsync(folder) != 0) return {};
  return made;
}

Result<Descriptor> Root::make_folder(std::string_view path) const {
  auto found = open_folder(path);
  if (found || found.error().code != ErrorCode::NotFound) return found;
  Descriptor at = walk({});
  for (std::string_view rest = path; at.is_open() && !rest.empty();) {
    const std::size_t slash = rest.find('/');
    at = make_folder_in(at.fd(), std::string(rest.substr(0, slash)));
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  if (at.is_open()) return at;
  if (errno != ENOTDIR) return system_failure("making the folder", path);
  return fail(ErrorCode::Refused, "a file is in the way of the folder " + std::string(path));
}

Result<Place> Root::make_place(std::string_view path) const {
  if (auto checked = check_relative_path(path); !checked) return forward_error(checked);
  auto folder = make_folder(folder_of(path));
  if (!folder) return forward_error(folder);
  return Place{*std::move(folder), std::string(name_in(path))};
}

Result<std::optional<FileStamp>> Root::stat(std::string_view path) const {
  auto place = place_of(path);
  if (!place) {
    if (place.error().code == ErrorCode::NotFound) return std::optional<FileStamp>{};
    return forward_error(place);
  }
  auto status = look_at(place->at(), path);
  if (!status) return forward_error(status);
  return *status ? std::optional(stamp_of(**status)) : std::nullopt;
}

Result<ReadFile> Root::read(std::string_view path, std::size_t max_bytes) const {
  auto place = place_of(path);
  if (!place) return forward_error(place);
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    auto file = open_file(place->at(), path);
    if (!file) return forward_error(file);
    struct ::stat before {};
    struct ::stat after {};
    ReadFile result;
    if (fstat(file->fd(), &before) != 0 || !read_all(file->fd(), max_bytes, result.bytes) ||
        fstat(file->fd(), &after) != 0) {
      return system_failure("reading", path);
    }
    if (result.bytes.size() > max_bytes) {
      return fail(ErrorCode::LimitExceeded, std::string(path) + " is larger than " +
                                                std::to_string(max_bytes) + " bytes");
    }
    result.stamp = stamp_of(after);
    if (result.stamp != stamp_of(before) || result.stamp.size != result.bytes.size()) continue;
    result.hash = crypto::sha256(result.bytes);
    return result;
  }
  return fail(ErrorCode::System, std::string(path) + " changes while it is read");
}

Result<std::optional<struct stat>> look_at(NameIn at, std::string_view path) {
  struct stat status {};
  if (fstatat(at.folder, at.name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    return std::optional(status);
  }
  if (errno == ENOENT) return std::optional<struct stat>{};
  return system_failure("looking at", path);
}

Result<Descriptor> open_file(NameIn at, std::string_view path) {
  // Looked at first as well: to open a device may set it in motion.
  auto found = look_at(at, path);
  if (!found) return forward_error(found);
  if (!*found) return system_failure("opening", path, ENOENT);
  const auto refusal = [&] {
    return fail(ErrorCode::Refused, std::string(path) + " is no regular file");
  };
  if (!S_ISREG((*found)->st_mode)) return refusal();
  Descriptor file(
      openat(at.folder, at.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || fstat(file.fd(), &status) != 0) return system_failure("opening", path);
  if (!S_ISREG(status.st_mode)) return refusal();
  return file;
}

}  // namespace plait::folder
