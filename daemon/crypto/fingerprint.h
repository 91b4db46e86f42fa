#pragma once

#include <string>
#include <string_view>

#include "daemon/crypto/digest.h"
#include "protocol/base/result.h"

namespace plait::crypto {

/// By what a certificate is known to those who do not ask an authority: the hash of its DER.
struct Fingerprint {
  Sha256Digest digest{};
  bool operator==(const Fingerprint&) const = default;

  /// 64 lower-case digits.
  [[nodiscard]] std::string text() const;
  static Result<Fingerprint> parse(std::string_view text);
};

[[nodiscard]] Fingerprint fingerprint_of_der(std::string_view der);

}  // namespace plait::crypto
