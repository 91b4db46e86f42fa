#include "daemon/app/back_office.h"

#include <utility>

namespace plait::app {
namespace {

/// In the data folder.
constexpr const char* kTokenKeyFile = "/tokens.key";

}  // namespace

const crypto::TokenRealm& token_realm() {
  static const crypto::TokenRealm kRealm{"plait", "plait-serve"};
  return kRealm;
}

BackOffice::BackOffice(const store::Directory& stored, const people::Directory::Limits& limits,
                       crypto::SigningKey key, store::ServerStore& store, loop::Loop& loop,
                       const Clock& clock, Random& random)
    : directory(stored, limits, random),
      token_key(key.public_key()),
      password_threads(loop),
      office(directory, store, crypto::TokenIssuer(std::move(key), token_realm()),
             password_threads, clock, random),
      desk(office, store) {}

Result<std::unique_ptr<BackOffice>> BackOffice::open(const std::string& folder,
                                                     const people::Directory::Limits& limits,
                                                     store::ServerStore& store,
                                                     loop::Loop& loop, const Clock& clock,
                                                     Random& random) {
  auto key = crypto::SigningKey::load_or_generate(folder + kTokenKeyFile, random);
  if (!key) return forward_error(key);
  const auto stored = store.load_directory();
  if (!stored) return fail(stored.error().code, stored.error().message);
  return std::unique_ptr<BackOffice>(
      new BackOffice(*stored, limits, *std::move(key), store, loop, clock, random));
}

}  // namespace plait::app
