#include "daemon/app/daemon_hello.h"

#include <array>
#include <charconv>
#include <system_error>

#include "daemon/server/version.h"

namespace plait::app {
namespace {

/// "1.2.3".
std::array<std::uint32_t, 3> parts_of(std::string_view version) noexcept {
  std::array<std::uint32_t, 3> parts{};
  const char* at = version.data();
  const char* const end = at + version.size();
  for (std::uint32_t& part : parts) {
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc()) break;
    at = next;
    if (at == end || *at != '.') break;
    ++at;
  }
  return parts;
}

}  // namespace

messages::editor::Software this_program() {
  return {std::string(server::kServerName), std::string(server::kServerVersion)};
}

bool is_newer(std::string_view version, std::string_view than) noexcept {
  return parts_of(version) > parts_of(than);
}

}  // namespace plait::app
