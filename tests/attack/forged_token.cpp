#include "tests/attack/forged_token.h"

#include <string_view>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "daemon/crypto/signing_key.h"
#include "protocol/base/base64.h"

namespace plait::attack {

ForgedToken::ForgedToken(const ServerProcess& server, const std::string& good)
    : key_file_(server.data() + "/tokens.key") {
  const std::size_t first = good.find('.') + 1;
  const std::string_view middle = std::string_view{good}.substr(first, good.rfind('.') - first);
  const auto payload = from_base64url(middle).value();
  auto read = crypto::read_claims(payload).value();
  claims = std::move(read.claims);
  realm = std::move(read.realm);
}

std::string ForgedToken::text() const {
  crypto::SystemRandom random;
  const auto key = other_key ? crypto::SigningKey::generate(random).value()
                             : crypto::SigningKey::load(key_file_).value();
  const std::string payload = crypto::write_claims(realm, claims).value();
  const std::string said = to_base64url(header) + '.' + to_base64url(payload);
  if (signature) return said + '.' + *signature;
  return said + '.' + to_base64url(crypto::view_of(key.sign(said).value().bytes));
}

}  // namespace plait::attack
