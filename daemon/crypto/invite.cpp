#include "daemon/crypto/invite.h"

#include <openssl/crypto.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "protocol/base/base64.h"

namespace plait::crypto {

InviteSecret InviteSecret::make(Random& random) {
  return InviteSecret(random_bytes<kInviteSecretBytes>(random));
}

Result<InviteSecret> InviteSecret::parse(std::string_view text) {
  const std::size_t digits = (kInviteSecretBytes * 8 + 5) / 6;
  const auto bytes = text.size() == digits ? from_base64url(text) : std::nullopt;
  const auto secret = bytes ? array_of<kInviteSecretBytes>(*bytes) : std::nullopt;
  if (!secret) return fail(ErrorCode::Malformed, "not the secret of an invite");
  return InviteSecret(*secret);
}

InviteSecret::~InviteSecret() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string InviteSecret::text() const { return to_base64url(view_of(bytes_)); }

Sha256Digest InviteSecret::hash() const { return sha256(view_of(bytes_)); }

bool InviteSecret::matches(const Sha256Digest& stored) const {
  return equal_constant_time(view_of(hash()), view_of(stored));
}

}  // namespace plait::crypto
