#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plait {

// RFC 4648. Both readers are strict: there is one text for any bytes, so neither other
// alphabets, line breaks, missing or surplus padding, nor stray bits in the last digit are
// read.

/// The standard alphabet, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Nothing if it is not that.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// The alphabet for links and file names, without padding.
[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace plait
