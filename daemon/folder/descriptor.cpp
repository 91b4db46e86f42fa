#include "daemon/folder/descriptor.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace plait::folder {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;

/// Calls `take(bytes)` for each piece of a file, until it returns false: then so is this.
template <class Take>
bool read_pieces(int fd, Take take) {
  std::vector<char> piece(kPieceBytes);
  for (off_t at = 0;;) {
    const ssize_t got = pread(fd, piece.data(), piece.size(), at);
    if (got == 0) return true;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || !take(std::string_view(piece.data(), static_cast<std::size_t>(got)))) {
      return false;
    }
    at += got;
  }
}

std::int64_t nanoseconds(const timespec& time) noexcept {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

ErrorCode code_for(int number) noexcept {
  if (number == ENOENT || number == ENOTDIR) return ErrorCode::NotFound;
  if (number == ELOOP || number == EXDEV) return ErrorCode::Refused;
  return ErrorCode::System;
}

std::string words_for(int number) {
  if (number == ELOOP) return "a symbolic link is in the way";
  if (number == EXDEV) return "it is on another file system";
  return std::generic_category().message(number);
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

Failure system_failure(std::string_view doing, std::string_view path) {
  return system_failure(doing, path, errno);
}
Failure system_failure(std::string_view doing, std::string_view path, int number) {
  std::string message(doing);
  message.append(" ").append(path).append(": ").append(words_for(number));
  return fail(code_for(number), std::move(message));
}

FileStamp stamp_of(const struct stat& status) noexcept {
  FileStamp stamp{.size = static_cast<std::uint64_t>(status.st_size),
                  .mtime_ns = nanoseconds(status.st_mtim),
                  .ctime_ns = nanoseconds(status.st_ctim),
                  .inode = status.st_ino,
                  .links = status.st_nlink,
                  .executable = (status.st_mode & S_IXUSR) != 0};
  if (S_ISREG(status.st_mode)) stamp.kind = FileKind::Regular;
  if (S_ISDIR(status.st_mode)) stamp.kind = FileKind::Folder;
  return stamp;
}

bool write_all(int fd, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool read_all(int fd, std::size_t max_bytes, std::string& bytes) {
  bytes.clear();
  const bool was_read = read_pieces(fd, [&](std::string_view piece) {
    bytes.append(piece.substr(0, max_bytes + 1 - bytes.size()));
    return bytes.size() <= max_bytes;
  });
  return was_read || bytes.size() > max_bytes;
}

std::optional<crypto::Sha256Digest> hash_of(int fd) {
  crypto::Sha256 hash;
  const bool was_read = read_pieces(fd, [&](std::string_view piece) {
    hash.update(piece);
    return true;
  });
  return was_read ? std::optional(hash.finish()) : std::nullopt;
}

bool copy_all(int from, int to) {
  return read_pieces(from, [&](std::string_view piece) { return write_all(to, piece); });
}

}  // namespace plait::folder
