#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sys/stat.h>

#include "daemon/crypto/digest.h"
#include "daemon/folder/entry.h"
#include "protocol/base/result.h"

// The system's calls, as this folder uses them.

namespace plait::folder {

/// A file descriptor, closed when it goes; or none.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  [[nodiscard]] int fd() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// What a system call has failed with (errno, unless it is given), for a person: "reading
/// src/a.c: permission denied". NotFound if there is nothing, Refused if a link or another file
/// system is in the way.
[[nodiscard]] Failure system_failure(std::string_view doing, std::string_view path);
[[nodiscard]] Failure system_failure(std::string_view doing, std::string_view path, int number);

[[nodiscard]] FileStamp stamp_of(const struct stat& status) noexcept;

/// False with errno if it cannot be written.
[[nodiscard]] bool write_all(int fd, std::string_view bytes) noexcept;

// These read a whole file, wherever others have got to in it. Nothing or false comes with
// errno.

/// Its first bytes, one more than `max_bytes` if there are more.
[[nodiscard]] bool read_all(int fd, std::size_t max_bytes, std::string& bytes);
[[nodiscard]] std::optional<crypto::Sha256Digest> hash_of(int fd);
[[nodiscard]] bool copy_all(int from, int to);

}  // namespace plait::folder
