#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plait::support {

/// RFC 4648 with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Nothing if it is not that.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace plait::support
