#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plait::crypto {

/// RFC 1035.
inline constexpr std::size_t kMaxHostNameBytes = 253;
inline constexpr std::size_t kMaxHostLabelBytes = 63;

/// Whether a host is named by its address or by a name that has to be looked up.
enum class HostKind : std::uint8_t { Name, IPv4, IPv6 };

/// What kind of host this is, in lower case and without brackets; nothing if it is none. Names
/// in other scripts come in their ASCII form. IPv6 zones name a link of one machine, so they
/// say nothing to another and are refused.
[[nodiscard]] std::optional<HostKind> kind_of_host(std::string_view host) noexcept;

}  // namespace plait::crypto
