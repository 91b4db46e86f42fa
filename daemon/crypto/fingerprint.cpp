#include "daemon/crypto/fingerprint.h"

#include "daemon/crypto/byte_array.h"
#include "protocol/base/hex.h"

namespace plait::crypto {

std::string Fingerprint::text() const { return hex_of(view_of(digest)); }

Result<Fingerprint> Fingerprint::parse(std::string_view text) {
  const auto bytes = text.size() == 2 * sizeof(Sha256Digest) ? parse_hex(text) : std::nullopt;
  const auto digest = bytes ? array_of<sizeof(Sha256Digest)>(*bytes) : std::nullopt;
  if (!digest)
    return fail(ErrorCode::Malformed, "a fingerprint has 64 digits, 0 to 9 and a to f");
  return Fingerprint{*digest};
}

Fingerprint fingerprint_of_der(std::string_view der) { return {sha256(der)}; }

}  // namespace plait::crypto
