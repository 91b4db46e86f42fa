#include "daemon/crypto/host_name.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace plait::crypto {
namespace {

constexpr bool is_letter(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) noexcept {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
  return !label.empty() && label.size() <= kMaxHostLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), allowed);
}

bool is_address(int family, std::string_view text) noexcept {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos)
    return false;
  if (std::any_of(text.begin(), text.end(), upper)) return false;
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  std::copy(text.begin(), text.end(), terminated.begin());
  in6_addr parsed{};  // the larger of both
  return inet_pton(family, terminated.data(), &parsed) == 1;
}

}  // namespace

std::optional<HostKind> kind_of_host(std::string_view host) noexcept {
  if (is_address(AF_INET, host)) return HostKind::IPv4;
  if (is_address(AF_INET6, host)) return HostKind::IPv6;
  if (host.empty() || host.size() > kMaxHostNameBytes) return std::nullopt;
  std::string_view last;
  for (std::size_t begin = 0, dot = 0; dot != std::string_view::npos; begin = dot + 1) {
    dot = host.find('.', begin);
    last = host.substr(begin, dot - begin);
    if (!is_label(last)) return std::nullopt;
  }
  // "1.2.3" and "0x7f.1" would be addresses to some, and names to others.
  if (is_digit(last.front())) return std::nullopt;
  return HostKind::Name;
}

}  // namespace plait::crypto
