#include "daemon/store/private_files.h"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plait::store {

namespace {

Failure failed(const std::string& what, int code) {
  return fail(ErrorCode::System, what + ": " + std::generic_category().message(code));
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<void> sync(const std::string& path, int flags) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the system's interface
  const Descriptor opened(open(path.c_str(), flags | O_CLOEXEC));
  if (opened.get() < 0 || fsync(opened.get()) != 0) return failed("syncing " + path, errno);
  return {};
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

Result<void> make_private_folder(const std::string& folder) {
  std::error_code error;
  if (const auto above = std::filesystem::path(folder).parent_path(); !above.empty()) {
    std::filesystem::create_directories(above, error);
    if (error) return failed("making " + above.string(), error.value());
  }
  if (mkdir(folder.c_str(), S_IRWXU) == 0) return {};
  if (errno != EEXIST) return failed("making " + folder, errno);
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) return failed("looking at " + folder, errno);
  if (!S_ISDIR(info.st_mode)) return fail(ErrorCode::System, folder + " is not a folder");
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  if (chmod(folder.c_str(), S_IRWXU) != 0)
    return failed("making " + folder + " private", errno);
  return {};
}

Result<void> make_private_file(const std::string& path, const std::string& target) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(target, error))) {
    return fail(ErrorCode::Refused, "there is something already");
  }
  std::filesystem::remove(path, error);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the system's interface
  const Descriptor made(
      open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (made.get() < 0) return failed("making " + path, errno);
  return {};
}

Result<void> publish_file(const std::string& path, const std::string& target) {
  if (auto synced = sync(path, O_RDONLY); !synced) return synced;
  // link() refuses to replace what came into being meanwhile; rename() would not.
  if (link(path.c_str(), target.c_str()) != 0) return failed("naming " + target, errno);
  if (unlink(path.c_str()) != 0) return failed("naming " + target, errno);
  return sync(folder_of(target), O_RDONLY | O_DIRECTORY);
}

}  // namespace plait::store
