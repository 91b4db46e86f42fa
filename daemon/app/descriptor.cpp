#include "daemon/app/descriptor.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>

namespace plait::app {

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) == 0)
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  return fail(ErrorCode::System, "making a pipe: " + std::generic_category().message(errno));
}

std::string_view read_some(int from, std::span<char> room) noexcept {
  for (;;) {
    const ssize_t got = ::read(from, room.data(), room.size());
    if (got > 0) return {room.data(), static_cast<std::size_t>(got)};
    if (got == 0 || errno != EINTR) return {};
  }
}

bool write_all(int to, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t put = ::write(to, bytes.data(), bytes.size());
    if (put > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace plait::app
