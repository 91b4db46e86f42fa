#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/crypto/digest.h"
#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// Nobody guesses 128 bits, however often he may try.
inline constexpr std::size_t kInviteSecretBytes = 16;

/// What somebody needs to know to be let in. It stands in invite links and nowhere else: a
/// server stores its hash. Wiped when it goes.
class InviteSecret {
 public:
  static InviteSecret make(Random& random);
  /// From its text; Malformed if it is not one.
  static Result<InviteSecret> parse(std::string_view text);

  InviteSecret(const InviteSecret&) = default;
  InviteSecret& operator=(const InviteSecret&) = default;
  ~InviteSecret();

  /// 22 characters that links may hold. A secret as well.
  [[nodiscard]] std::string text() const;
  /// What a server stores. Of 128 random bits nothing is found out by trying, so no salt and no
  /// slow hash are needed.
  [[nodiscard]] Sha256Digest hash() const;
  /// In constant time.
  [[nodiscard]] bool matches(const Sha256Digest& stored) const;

 private:
  using Bytes = std::array<std::uint8_t, kInviteSecretBytes>;
  explicit InviteSecret(const Bytes& bytes) noexcept : bytes_(bytes) {}

  Bytes bytes_;
};

}  // namespace plait::crypto
