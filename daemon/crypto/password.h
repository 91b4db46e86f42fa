#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/support/random.h"
#include "protocol/base/result.h"

namespace plait::crypto {

// Passwords of invites, by scrypt (RFC 7914). One hash takes a tenth of a second and more: it
// is computed away from the loop, and whoever offers passwords is slowed down before.

inline constexpr std::size_t kMaxPasswordBytes = 256;

/// What one hash costs: 128 r 2^log_n bytes of memory, filled and walked through p times.
struct ScryptCost {
  std::uint32_t log_n;
  std::uint32_t r;
  std::uint32_t p;
  bool operator==(const ScryptCost&) const = default;
};

/// As slow for a guesser as OWASP asks for, in its form that takes least memory but one: 16
/// MiB, so that a small server can check several at a time.
inline constexpr ScryptCost kPasswordCost{14, 8, 5};

// The most that checking may cost, whatever a stored hash says.
inline constexpr std::uint64_t kMaxScryptMemory = std::uint64_t{64} << 20;  ///< bytes
inline constexpr std::uint64_t kMaxScryptWork = std::uint64_t{4} << 20;     ///< r p 2^log_n

inline constexpr std::size_t kPasswordSaltBytes = 16;
/// For one password, so that equal ones do not look equal. Drawn apart from hashing, which
/// happens on another thread than the one that has the randomness.
using PasswordSalt = std::array<std::uint8_t, kPasswordSaltBytes>;
[[nodiscard]] PasswordSalt make_password_salt(Random& random);

/// What to store of a password: "scrypt$14$8$5$salt$hash", its cost, and its salt.
/// LimitExceeded if it is longer than it may be, Refused if it is empty. Bytes are taken as
/// they are: who accepts passwords in several ways normalises them before.
Result<std::string> hash_password(std::string_view password, const PasswordSalt& salt,
                                  const ScryptCost& cost = kPasswordCost);

/// Whether this is the password. Malformed if what is stored is no hash, LimitExceeded if it
/// would cost too much; a password that is too long is not the one.
Result<bool> check_password(std::string_view password, std::string_view stored);

/// Fills `key` from a password. LimitExceeded if it would cost too much.
Result<void> scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                    std::span<std::uint8_t> key);

}  // namespace plait::crypto
