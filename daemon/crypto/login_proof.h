#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crypto/device_key.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// What TLS derives the channel binding under (RFC 5705), so that it serves nothing else.
inline constexpr std::string_view kLoginExporterLabel = "EXPORTER-plait-login";
inline constexpr std::size_t kChannelBindingBytes = 32;
inline constexpr std::size_t kMaxServerIdBytes = 255;
inline constexpr std::size_t kMaxHostBytes = 255;

/// The connection that a login is made over, as both ends know it.
struct LoginChannel {
  /// TLS's exported value under the label above. Empty where TLS ends before the server, at a
  /// proxy, and where there is none.
  std::string binding;
  /// The name that the client called: without a port, in lower case. Alone it keeps a login
  /// from being good at a server of another name.
  std::string host;

  bool operator==(const LoginChannel&) const = default;
};

/// What one login is about. Whoever relays a login to another server, or to the same one over a
/// connection of his own, holds a signature of something else.
struct LoginChallenge {
  std::string server_id;
  /// Drawn by the server for this connection, never used twice.
  std::array<std::uint8_t, 32> nonce{};
  LoginChannel channel;
};

/// A device's proof that it holds its key.
Result<Signature> prove_login(const DeviceKey& device, const LoginChallenge& challenge);

/// Refused unless `device` has proven itself to this very challenge.
Result<void> verify_login(const PublicKey& device, const LoginChallenge& challenge,
                          const Signature& proof);

/// What is signed: a sentence that begins nothing else, and the fields, each behind its length.
/// Malformed if the challenge is not one.
Result<std::string> login_statement(const PublicKey& device, const LoginChallenge& challenge);

}  // namespace plait::crypto
