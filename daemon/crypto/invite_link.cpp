#include "daemon/crypto/invite_link.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "daemon/crypto/host_name.h"

namespace plait::crypto {
namespace {

constexpr std::string_view kScheme = "plait://";

Failure malformed(const char* what) { return fail(ErrorCode::Malformed, what); }

bool is_workspace_id(std::string_view id) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_';
  };
  return !id.empty() && id.size() <= kMaxWorkspaceIdBytes &&
         std::all_of(id.begin(), id.end(), allowed);
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// What stands before the first `mark`, which is taken away with it; nothing if there is none.
std::optional<std::string_view> cut_before(std::string_view& rest, char mark) noexcept {
  const std::size_t at = rest.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view before = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return before;
}

/// "host:port", with brackets around an IPv6 address and nothing else.
Result<std::pair<std::string, std::uint16_t>> parse_authority(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return malformed("the link has no port");
  std::string_view host = authority.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::string name = lower_case(host);
  const auto kind = kind_of_host(name);
  if (!kind || bracketed != (*kind == HostKind::IPv6)) return malformed("the link has no host");

  const std::string_view digits = authority.substr(colon + 1);
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || at != end || digits.front() == '0') {
    return malformed("the link's port is not one");
  }
  return std::pair{std::move(name), port};
}

}  // namespace

Result<std::string> InviteLink::text() const {
  const auto kind = kind_of_host(host);
  if (!kind) return fail(ErrorCode::OutOfRange, "not the name or address of a host");
  if (port == 0) return fail(ErrorCode::OutOfRange, "a link needs a port");
  if (!is_workspace_id(workspace)) return fail(ErrorCode::OutOfRange, "not a workspace's id");
  std::string text(kScheme);
  text += *kind == HostKind::IPv6 ? "[" + host + "]" : host;
  text += ":" + std::to_string(port) + "/" + workspace + "#" + secret.text();
  if (fingerprint) text += "." + fingerprint->text();
  return text;
}

Result<InviteLink> InviteLink::parse(std::string_view text) {
  if (text.size() > kMaxInviteLinkBytes) {
    return fail(ErrorCode::LimitExceeded, "the link is too long");
  }
  if (!text.starts_with(kScheme)) return malformed("the link does not begin with plait://");
  std::string_view rest = text.substr(kScheme.size());
  const auto before_secret = cut_before(rest, '#');
  if (!before_secret) return malformed("the link ends before its secret");

  std::string_view place = *before_secret;
  const auto authority = cut_before(place, '/');
  if (!authority || !is_workspace_id(place)) return malformed("the link names no workspace");
  auto server = parse_authority(*authority);
  if (!server) return forward_error(server);

  const auto before_fingerprint = cut_before(rest, '.');
  auto secret = InviteSecret::parse(before_fingerprint.value_or(rest));
  if (!secret) return malformed("the link's secret is damaged");
  std::optional<Fingerprint> fingerprint;
  if (before_fingerprint) {
    auto parsed = Fingerprint::parse(rest);
    if (!parsed) return malformed("the link's fingerprint is damaged");
    fingerprint = *parsed;
  }
  return InviteLink{std::move(server->first), server->second, std::string(place), *secret,
                    fingerprint};
}

}  // namespace plait::crypto
