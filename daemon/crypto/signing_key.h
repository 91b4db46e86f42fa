#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/types.h>

#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// The public half of a SigningKey, as RFC 8032 writes it.
struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const PublicKey&) const = default;
};

struct Signature {
  std::array<std::uint8_t, 64> bytes{};
  bool operator==(const Signature&) const = default;
};

/// An Ed25519 key pair. OpenSSL holds the private half, which never leaves it but into a key
/// file, and wipes it at the end.
class SigningKey {
 public:
  static Result<SigningKey> generate(Random& random);
  /// From a key file (key_file.h) in PEM, as `openssl genpkey -algorithm ed25519` writes one.
  static Result<SigningKey> load(const std::string& path);
  Result<void> save(const std::string& path) const;
  /// Loads the key, or makes it on first use. Whoever calls this has the folder to himself: of
  /// two at the same time one would be left with a key that is on no disk.
  static Result<SigningKey> load_or_generate(const std::string& path, Random& random);

  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }
  Result<Signature> sign(std::string_view message) const;

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const noexcept;
  };
  using Handle = std::unique_ptr<EVP_PKEY, Free>;

  SigningKey(Handle key, const PublicKey& public_key) noexcept
      : key_(std::move(key)), public_key_(public_key) {}
  static Result<SigningKey> hold(Handle key);

  Handle key_;
  PublicKey public_key_;
};

/// Refused unless the key's owner signed the message. Keys of small order, under which one
/// signature fits any message, are nobody's.
Result<void> verify(const PublicKey& key, std::string_view message, const Signature& signature);

}  // namespace plait::crypto
