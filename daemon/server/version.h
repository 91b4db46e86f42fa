#pragma once

#include <string_view>

namespace plait::server {

// What the server calls itself, to clients.
inline constexpr std::string_view kServerName = "plait";
inline constexpr std::string_view kServerVersion = "0.1.0";

}  // namespace plait::server
