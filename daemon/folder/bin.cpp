#include "daemon/folder/bin.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/folder/rename.h"
#include "protocol/base/relative_path.h"

namespace plait::folder {
namespace {

constexpr const char* kTimeFormat = "%Y%m%dT%H%M%SZ";

std::string time_name(WallTime now) {
  const std::time_t seconds = now.ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> name{};
  return {name.data(), std::strftime(name.data(), name.size(), kTimeFormat, &utc)};
}

/// One entry of the bin: all that was kept within a second.
struct Second {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

std::uint64_t bytes_in(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unknown;
    if (at->is_regular_file(unknown) && !at->is_symlink(unknown))
      bytes += at->file_size(unknown);
  }
  return bytes;
}

}  // namespace

Bin::Bin(std::string path, const Clock& clock, Descriptor folder)
    : path_(std::move(path)), clock_(&clock), folder_(std::move(folder)) {}

Result<Bin> Bin::open(std::string path, const Clock& clock) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return system_failure("making the bin", path, error.value());
  if (chmod(path.c_str(), S_IRWXU) != 0) return system_failure("making the bin", path);
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return system_failure("opening the bin", path);
  return Bin(std::move(path), clock, std::move(folder));
}

template <class Put>
Result<std::string> Bin::find_place(std::string_view path, Put put) const {
  if (auto checked = check_relative_path(path); !checked) return forward_error(checked);
  const std::string second = time_name(clock_->wall());
  for (int version = 1; version <= kMaxVersions; ++version) {
    const std::string top = version == 1 ? second : second + "-" + std::to_string(version);
    const std::filesystem::path kept = std::filesystem::path(path_) / top / path;
    std::error_code error;
    std::filesystem::create_directories(kept.parent_path(), error);
    // A file may be kept already where this needs a folder.
    if (error && error.value() != ENOTDIR && error.value() != EEXIST) {
      return system_failure("keeping", path, error.value());
    }
    if (error) continue;
    Place place{
        Descriptor(::open(kept.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        kept.filename().string()};
    const int number = place.folder.is_open() ? put(place) : errno;
    if (number == 0 && fsync(place.folder.fd()) == 0) return kept.string();
    if (number != EEXIST) return system_failure("keeping", path, number == 0 ? errno : number);
  }
  return fail(ErrorCode::LimitExceeded,
              "too many versions of " + std::string(path) + " in a second");
}

template <class Fill>
Result<std::string> Bin::keep_new(std::string_view path, Fill fill) const {
  return find_place(path, [&](const Place& place) {
    const Descriptor file(openat(place.folder.fd(), place.name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return errno;
    if (fill(file.fd()) && fsync(file.fd()) == 0) return 0;
    const int number = errno;
    unlinkat(place.folder.fd(), place.name.c_str(), 0);
    return number;
  });
}

Result<std::string> Bin::take(NameIn from, std::string_view path) const {
  bool is_elsewhere = false;
  auto moved = find_place(path, [&](const Place& to) {
    const int number = rename_to_free(from, to.at());
    is_elsewhere = number == EXDEV;
    return number;
  });
  if (!is_elsewhere) return moved;
  auto file = open_file(from, path);
  if (!file) return forward_error(file);
  auto copied = keep_copy(path, *file);
  if (copied && unlinkat(from.folder, from.name, 0) != 0) {
    return system_failure("removing", path);
  }
  return copied;
}

Result<std::string> Bin::keep_copy(std::string_view path, const Descriptor& file) const {
  return keep_new(path, [&](int fd) { return copy_all(file.fd(), fd); });
}

Result<std::string> Bin::keep_copy(std::string_view path, std::string_view bytes) const {
  return keep_new(path, [&](int fd) { return write_all(fd, bytes); });
}

void Bin::purge(WallTime now, std::uint64_t max_bytes) const {
  namespace fs = std::filesystem;
  const std::int64_t kept_ms = std::chrono::milliseconds(kKeptFor).count();
  const std::string oldest = time_name({now.ms - kept_ms});
  std::map<std::string, Second> seconds;  // by name, which is by time
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
    const Second second{at->path(), bytes_in(at->path())};
    bytes += second.bytes;
    seconds.emplace(at->path().filename().string(), second);
  }
  for (const auto& [name, second] : seconds) {
    if (name >= oldest && bytes <= max_bytes) break;
    std::error_code ignored;
    fs::remove_all(second.path, ignored);
    bytes -= second.bytes;
  }
}

}  // namespace plait::folder
