#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include <openssl/types.h>

namespace plait::crypto {

// Hashing cannot fail but for want of memory or with a broken OpenSSL. Nothing that is asked
// for here could go on then, so the program stops.

using Sha256Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256Digest sha256(std::string_view bytes);

/// The hash of what arrives in pieces.
class Sha256 {
 public:
  Sha256();

  void update(std::string_view bytes);
  /// The hash of all pieces so far; the next piece begins a new one.
  [[nodiscard]] Sha256Digest finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept;
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

/// RFC 2104.
[[nodiscard]] Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// Whether both are the same, in a time that says nothing but whether their sizes are.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace plait::crypto
