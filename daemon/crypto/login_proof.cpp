#include "daemon/crypto/login_proof.h"

#include "daemon/crypto/byte_array.h"
#include "protocol/base/bytes.h"

namespace plait::crypto {
namespace {

/// Signatures of this are logins and nothing else, now and in later versions.
constexpr std::string_view kPurpose = "plait login 1";

}  // namespace

Result<std::string> login_statement(const PublicKey& device, const LoginChallenge& challenge) {
  if (challenge.server_id.empty() || challenge.server_id.size() > kMaxServerIdBytes) {
    return fail(ErrorCode::Malformed, "a server's id has 1 to 255 bytes");
  }
  const std::string& host = challenge.channel.host;
  if (host.empty() || host.size() > kMaxHostBytes) {
    return fail(ErrorCode::Malformed, "a host's name has 1 to 255 bytes");
  }
  const std::size_t binding = challenge.channel.binding.size();
  if (binding != 0 && binding != kChannelBindingBytes) {
    return fail(ErrorCode::Malformed, "a channel binding has 32 bytes, or none without TLS");
  }
  ByteWriter out;
  out.ensure(kMaxServerIdBytes + kMaxHostBytes + 256);  // for all of it at once
  out.put_varbytes(kPurpose);
  out.put_varbytes(challenge.server_id);
  out.put_varbytes(view_of(challenge.nonce));
  out.put_varbytes(challenge.channel.binding);
  out.put_varbytes(host);
  out.put_varbytes(view_of(device.bytes));
  return out.str();
}

Result<Signature> prove_login(const DeviceKey& device, const LoginChallenge& challenge) {
  auto statement = login_statement(device.public_key(), challenge);
  if (!statement) return forward_error(statement);
  return device.sign(*statement);
}

Result<void> verify_login(const PublicKey& device, const LoginChallenge& challenge,
                          const Signature& proof) {
  auto statement = login_statement(device, challenge);
  if (!statement) return forward_error(statement);
  return verify(device, *statement, proof);
}

}  // namespace plait::crypto
