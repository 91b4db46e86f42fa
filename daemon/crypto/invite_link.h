#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/crypto/fingerprint.h"
#include "daemon/crypto/invite.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// The longest that can be made has 420 characters.
inline constexpr std::size_t kMaxInviteLinkBytes = 512;
inline constexpr std::size_t kMaxWorkspaceIdBytes = 64;

/// An invite as people send it to each other:
///
///     plait://host:port/<workspace>#<secret>[.<fingerprint>]
///
/// The secret stands in the fragment, the part of an address that programs keep to themselves.
/// Whoever has the link can use it, so it goes into no log and no argument of a program.
struct InviteLink {
  /// A name or an address (host_name.h), IPv6 without its brackets.
  std::string host;
  std::uint16_t port = 0;
  /// Letters, digits, '-' and '_'.
  std::string workspace;
  InviteSecret secret;
  /// Of the server's certificate, if no authority vouches for it.
  std::optional<Fingerprint> fingerprint;

  /// OutOfRange if host, port or workspace are not such that parse() would take them.
  Result<std::string> text() const;
  /// Malformed, or LimitExceeded, in words that do not repeat the link. Capitals in the host
  /// are read as what they mean; apart from them a link looks one way only.
  static Result<InviteLink> parse(std::string_view text);
};

}  // namespace plait::crypto
