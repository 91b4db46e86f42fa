#include "daemon/crypto/password.h"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/digest.h"
#include "daemon/crypto/openssl.h"
#include "daemon/crypto/random.h"
#include "daemon/crypto/secret.h"
#include "protocol/base/base64.h"

namespace plait::crypto {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::string_view kMethod = "scrypt";

using OwnedKdf = std::unique_ptr<EVP_KDF, FreeWith<EVP_KDF_free>>;
using OwnedKdfContext = std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>>;

struct StoredHash {
  ScryptCost cost{};
  std::string salt;
  std::string hash;
};

bool is_affordable(const ScryptCost& cost) noexcept {
  constexpr std::uint32_t kMaxFactor = 1U << 20;  // keeps the products below 2^64
  if (cost.log_n == 0 || cost.log_n > 20) return false;
  if (cost.r == 0 || cost.r > kMaxFactor || cost.p == 0 || cost.p > kMaxFactor) return false;
  const std::uint64_t n = std::uint64_t{1} << cost.log_n;
  // The table, what goes through it, and OpenSSL's own two blocks.
  const std::uint64_t memory = 128 * (n + cost.p + 2) * cost.r;
  return memory <= kMaxScryptMemory && n * cost.r * cost.p <= kMaxScryptWork;
}

/// What stands before the next '$', or the rest.
std::string_view next_field(std::string_view& rest) noexcept {
  const std::size_t dollar = rest.find('$');
  const std::string_view field = rest.substr(0, dollar);
  rest.remove_prefix(dollar == std::string_view::npos ? rest.size() : dollar + 1);
  return field;
}

bool read_number(std::string_view digits, std::uint32_t& number) noexcept {
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc{} && at == end;
}

std::optional<StoredHash> parse_hash(std::string_view stored) {
  StoredHash parsed;
  if (next_field(stored) != kMethod) return std::nullopt;
  if (!read_number(next_field(stored), parsed.cost.log_n)) return std::nullopt;
  if (!read_number(next_field(stored), parsed.cost.r)) return std::nullopt;
  if (!read_number(next_field(stored), parsed.cost.p)) return std::nullopt;
  auto salt = from_base64url(next_field(stored));
  auto hash = from_base64url(stored);
  if (!salt || salt->size() != kPasswordSaltBytes || !hash || hash->size() != kHashBytes) {
    return std::nullopt;
  }
  parsed.salt = *std::move(salt);
  parsed.hash = *std::move(hash);
  return parsed;
}

}  // namespace

Result<void> scrypt(std::string_view password, std::string_view salt, const ScryptCost& cost,
                    std::span<std::uint8_t> key) {
  if (!is_affordable(cost)) {
    return fail(ErrorCode::LimitExceeded, "the password's hash would cost too much");
  }
  std::uint64_t n = std::uint64_t{1} << cost.log_n;
  std::uint32_t r = cost.r;
  std::uint32_t p = cost.p;
  std::uint64_t memory = kMaxScryptMemory;
  SecretBytes secret(password);
  std::string salt_bytes(salt);
  const std::array<OSSL_PARAM, 7> params = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, secret.span().data(),
                                        secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt_bytes.data(),
                                        salt_bytes.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
      OSSL_PARAM_construct_end()};
  const OwnedKdf method(EVP_KDF_fetch(/*libctx=*/nullptr, "SCRYPT", /*properties=*/nullptr));
  const OwnedKdfContext context(method == nullptr ? nullptr : EVP_KDF_CTX_new(method.get()));
  const bool worked = context != nullptr &&
                      EVP_KDF_derive(context.get(), key.data(), key.size(), params.data()) == 1;
  if (!worked) return openssl_failure("hashing a password");
  return {};
}

PasswordSalt make_password_salt(Random& random) {
  return random_bytes<kPasswordSaltBytes>(random);
}

Result<std::string> hash_password(std::string_view password, const PasswordSalt& salt,
                                  const ScryptCost& cost) {
  if (password.empty()) return fail(ErrorCode::Refused, "the password is empty");
  if (password.size() > kMaxPasswordBytes) {
    return fail(ErrorCode::LimitExceeded, "the password is longer than 256 bytes");
  }
  std::array<std::uint8_t, kHashBytes> hash{};
  auto hashed = scrypt(password, view_of(salt), cost, hash);
  if (!hashed) return forward_error(hashed);
  return std::string(kMethod) + "$" + std::to_string(cost.log_n) + "$" +
         std::to_string(cost.r) + "$" + std::to_string(cost.p) + "$" +
         to_base64url(view_of(salt)) + "$" + to_base64url(view_of(hash));
}

Result<bool> check_password(std::string_view password, std::string_view stored) {
  const auto parsed = parse_hash(stored);
  if (!parsed) return fail(ErrorCode::Malformed, "what is stored is not a password's hash");
  if (password.size() > kMaxPasswordBytes) return false;
  std::array<std::uint8_t, kHashBytes> hash{};
  auto hashed = scrypt(password, parsed->salt, parsed->cost, hash);
  if (!hashed) return forward_error(hashed);
  return equal_constant_time(view_of(hash), parsed->hash);
}

}  // namespace plait::crypto
