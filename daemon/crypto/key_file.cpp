#include "daemon/crypto/key_file.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <span>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "protocol/base/hex.h"

namespace plait::crypto {
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

/// What the last system call failed with.
Failure system_failure(std::string_view doing, const std::string& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT ? ErrorCode::NotFound : ErrorCode::System;
  return fail(code,
              std::string(doing) + " " + path + ": " + std::generic_category().message(number));
}

Failure refusal(const std::string& path, const char* why) {
  return fail(ErrorCode::Refused, path + " " + why);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Opens the folder, making it if need be.
Result<Descriptor> open_private_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return system_failure("making the folder", folder);
  }
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.is_open()) return system_failure("opening the folder", folder);
  struct stat status {};
  if (::fstat(opened.fd(), &status) != 0) return system_failure("looking at", folder);
  if (status.st_uid != ::geteuid()) return refusal(folder, "belongs to another user");
  if ((status.st_mode & kOthers) != 0) {
    return refusal(folder, "is open to other users; \"chmod 700\" closes it");
  }
  return opened;
}

bool write_all(int fd, std::string_view content) noexcept {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> write_new_file(const std::string& path, std::string_view content) {
  const Descriptor file(::open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open()) return system_failure("making", path);
  if (!write_all(file.fd(), content)) return system_failure("writing", path);
  if (::fsync(file.fd()) != 0) return system_failure("writing to disk", path);
  return {};
}

}  // namespace

Result<SecretBytes> read_key_file(const std::string& path) {
  // O_NONBLOCK: opening a pipe must not wait for somebody to write into it.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open() && errno == ELOOP) return refusal(path, "is a symbolic link");
  if (!file.is_open()) return system_failure("opening", path);
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return system_failure("looking at", path);
  if (!S_ISREG(status.st_mode)) return refusal(path, "is not a file");
  if (status.st_uid != ::geteuid()) return refusal(path, "belongs to another user");
  if ((status.st_mode & kOthers) != 0) {
    return refusal(path, "is open to other users; \"chmod 600\" closes it");
  }
  if (std::cmp_greater(status.st_size, kMaxKeyFileBytes)) {
    return fail(ErrorCode::LimitExceeded, path + " is too large for a key");
  }

  SecretBytes content(static_cast<std::size_t>(status.st_size));
  for (std::span<char> rest = content.span(); !rest.empty();) {
    const ssize_t got = ::read(file.fd(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("reading", path);
    if (got == 0) return fail(ErrorCode::System, path + " became shorter while it was read");
    rest = rest.subspan(static_cast<std::size_t>(got));
  }
  return content;
}

Result<void> write_key_file(const std::string& path, std::string_view content) {
  if (content.size() > kMaxKeyFileBytes) {
    return fail(ErrorCode::LimitExceeded, path + " would be too large for a key");
  }
  auto folder = open_private_folder(folder_of(path));
  if (!folder) return forward_error(folder);

  SystemRandom random;
  const std::string draft = path + "." + hex_of(view_of(random_bytes<8>(random))) + ".new";
  auto written = write_new_file(draft, content);
  if (written && std::rename(draft.c_str(), path.c_str()) != 0) {
    written = system_failure("renaming to", path);
  }
  if (!written) {
    ::unlink(draft.c_str());
    return written;
  }
  // Until the folder is on disk too, a power cut may bring the old file back.
  if (::fsync(folder->fd()) != 0) return system_failure("writing to disk", folder_of(path));
  return {};
}

}  // namespace plait::crypto
