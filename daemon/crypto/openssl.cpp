#include "daemon/crypto/openssl.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

#include <openssl/err.h>

namespace plait::crypto {

Failure openssl_failure(std::string_view doing) {
  std::string message(doing);
  const char* separator = ": ";
  const char* detail = nullptr;
  int flags = 0;
  while (const unsigned long code = ERR_get_error_all(/*file=*/nullptr, /*line=*/nullptr,
                                                      /*func=*/nullptr, &detail, &flags)) {
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    message.append(separator).append(text.data());
    if ((flags & ERR_TXT_STRING) != 0 && *detail != '\0') {
      message.append(" (").append(detail).append(")");
    }
    separator = ", ";
  }
  return fail(ErrorCode::System, std::move(message));
}

void require_openssl(bool worked, const char* doing) noexcept {
  if (worked) [[likely]]
    return;
  std::fprintf(stderr, "OpenSSL cannot do what nothing works without: %s\n", doing);
  ERR_print_errors_fp(stderr);
  std::abort();
}

std::optional<WallTime> expiry_of(const X509* certificate) noexcept {
  std::tm expires{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &expires) != 1) return std::nullopt;
  return WallTime{static_cast<std::int64_t>(timegm(&expires)) * 1'000};
}

int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) noexcept {
  return -1;
}

}  // namespace plait::crypto
