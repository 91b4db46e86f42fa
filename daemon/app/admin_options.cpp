#include "daemon/app/admin_options.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace plait::app {
namespace {

using std::chrono::seconds;

std::optional<seconds> unit_of(char letter) {
  switch (letter) {
    case 's': return seconds{1};
    case 'm': return std::chrono::minutes{1};
    case 'h': return std::chrono::hours{1};
    case 'd': return std::chrono::days{1};
    default: return std::nullopt;
  }
}

}  // namespace

Result<seconds> parse_duration(std::string_view text) {
  const auto unit = text.empty() ? std::nullopt : unit_of(text.back());
  const std::string_view digits = text.substr(0, text.empty() ? 0 : text.size() - 1);
  std::uint32_t count = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (!unit || error != std::errc() || end != digits.data() + digits.size() || count == 0) {
    return fail(ErrorCode::Malformed,
                "expected a time as in 30m, 24h or 7d, and not \"" + std::string(text) + "\"");
  }
  return count * *unit;
}

Result<messages::connect::Role> parse_role(std::string_view text) {
  const auto role = jsonrpc::enum_named<messages::connect::Role>(text);
  if (role) return *role;
  return fail(ErrorCode::Malformed, "expected owner, editor, commenter or viewer, and not \"" +
                                        std::string(text) + "\"");
}

}  // namespace plait::app
