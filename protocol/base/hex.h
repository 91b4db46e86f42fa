#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plait {

/// Two lower-case digits a byte.
[[nodiscard]] std::string hex_of(std::string_view bytes);

/// The bytes of what hex_of() writes; nothing if it is not that, to the letter.
[[nodiscard]] std::optional<std::string> parse_hex(std::string_view digits);

}  // namespace plait
