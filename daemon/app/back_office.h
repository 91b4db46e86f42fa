#pragma once

#include <memory>
#include <string>

#include "daemon/app/password_threads.h"
#include "daemon/crypto/signing_key.h"
#include "daemon/crypto/token.h"
#include "daemon/loop/loop.h"
#include "daemon/people/directory.h"
#include "daemon/server/admin_desk.h"
#include "daemon/server/office.h"
#include "daemon/store/server_store.h"
#include "daemon/support/clock.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::app {

/// For whom this program signs tokens.
[[nodiscard]] const crypto::TokenRealm& token_realm();

/// Everything about people that is over an open store: in a server, and in `plait admin` when
/// there is none.
class BackOffice {
 public:
  /// `folder` is the store's, and this process has it to itself. What is borrowed outlives it.
  static Result<std::unique_ptr<BackOffice>> open(const std::string& folder,
                                                  const people::Directory::Limits& limits,
                                                  store::ServerStore& store, loop::Loop& loop,
                                                  const Clock& clock, Random& random);

  people::Directory directory;
  /// The public half of the key that signs tokens.
  crypto::PublicKey token_key;
  PasswordThreads password_threads;
  server::Office office;
  server::AdminDesk desk;

 private:
  BackOffice(const store::Directory& stored, const people::Directory::Limits& limits,
             crypto::SigningKey key, store::ServerStore& store, loop::Loop& loop,
             const Clock& clock, Random& random);
};

}  // namespace plait::app
