#include "daemon/crypto/certificate_file.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include "daemon/crypto/key_file.h"

namespace plait::crypto {
namespace {

constexpr std::string_view kKeyBegins = "-----BEGIN PRIVATE KEY-----";

/// One file has both, so that they cannot come apart: the certificate, then its key.
Result<Certificate> load_certificate(const std::string& path) {
  auto content = read_key_file(path);
  if (!content) return forward_error(content);
  const std::string_view text = content->view();
  const std::size_t key = text.find(kKeyBegins);
  if (key == std::string_view::npos) {
    return fail(ErrorCode::Malformed, path + " has no private key");
  }
  return Certificate{std::string(text.substr(0, key)), SecretBytes(text.substr(key))};
}

Result<void> save_certificate(const std::string& path, const Certificate& certificate) {
  const std::size_t size = certificate.certificate_pem.size() + certificate.key_pem.size();
  SecretBytes content(size);
  const std::span<char> bytes = content.span();
  const auto key = std::copy(certificate.certificate_pem.begin(),
                             certificate.certificate_pem.end(), bytes.begin());
  std::copy(certificate.key_pem.view().begin(), certificate.key_pem.view().end(), key);
  return write_key_file(path, content.view());
}

bool lasts(const CertificateFacts& facts, WallTime now) noexcept {
  const std::chrono::milliseconds left{facts.expires.ms - now.ms};
  return left >= kCertificateRenewal;
}

}  // namespace

Result<Certificate> load_or_make_certificate(const std::string& path,
                                             const std::vector<std::string>& names,
                                             Random& random, WallTime now) {
  auto loaded = load_certificate(path);
  if (!loaded && loaded.error().code != ErrorCode::NotFound) return loaded;
  if (loaded) {
    auto facts = read_certificate(loaded->certificate_pem);
    if (!facts) return Failure{std::move(facts).error().with_context(path)};
    if (lasts(*facts, now)) return loaded;
  }
  auto made = make_certificate(names, random, now);
  if (!made) return made;
  auto saved = save_certificate(path, *made);
  if (!saved) return forward_error(saved);
  return made;
}

}  // namespace plait::crypto
