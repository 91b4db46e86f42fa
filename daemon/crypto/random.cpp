#include "daemon/crypto/random.h"

#include <openssl/rand.h>

#include "daemon/crypto/openssl.h"

namespace plait::crypto {

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
  // The generator for secrets; the other one is for what everybody may see.
  const bool worked = RAND_priv_bytes_ex(/*ctx=*/nullptr, bytes.data(), bytes.size(),
                                         /*strength=*/0) == 1;
  require_openssl(worked, "random bytes");
}

}  // namespace plait::crypto
