#include "daemon/app/server_certificate.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "daemon/crypto/certificate.h"
#include "daemon/crypto/host_name.h"
#include "daemon/crypto/key_file.h"
#include "daemon/crypto/secret.h"

namespace plait::app {
namespace {

/// In the data folder: the certificate, then its key.
constexpr const char* kSelfSignedFile = "/self-signed.pem";

Result<ServerCertificate> use(std::string_view certificate, std::string_view key) {
  auto facts = crypto::read_certificate(certificate);
  if (!facts) return forward_error(facts);
  auto context = net::TlsContext::server(certificate, key);
  if (!context) return forward_error(context);
  return ServerCertificate{*std::move(context), facts->fingerprint.text()};
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::NotFound, path + " cannot be read");
  std::string content{std::istreambuf_iterator<char>(file), {}};
  return content;
}

std::vector<std::string> names_for(const Endpoint& endpoint) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const auto kind = crypto::kind_of_host(endpoint.host);
  const bool everywhere = endpoint.host == "::" || endpoint.host == "0.0.0.0";
  if (kind && !everywhere && !is_loopback(endpoint)) names.push_back(endpoint.host);
  return names;
}

Result<ServerCertificate> self_signed(const ServeOptions& options, const Clock& clock,
                                      Random& random) {
  const std::string path = options.data + kSelfSignedFile;
  auto kept = crypto::read_key_file(path);
  if (kept) return use(kept->view(), kept->view());
  if (kept.error().code != ErrorCode::NotFound) return forward_error(kept);
  auto made = crypto::make_certificate(names_for(options.listen), random, clock.wall());
  if (!made) return forward_error(made);
  const std::string& certificate = made->certificate_pem;
  crypto::SecretBytes both(certificate.size() + made->key_pem.size());
  std::ranges::copy(made->key_pem.view(),
                    std::ranges::copy(certificate, both.span().begin()).out);
  if (auto written = crypto::write_key_file(path, both.view()); !written) {
    return forward_error(written);
  }
  return use(made->certificate_pem, made->key_pem.view());
}

Result<ServerCertificate> from_files(const TlsChoice& tls) {
  auto certificate = read_file(tls.certificate_file);
  if (!certificate) return forward_error(certificate);
  auto key = crypto::read_key_file(tls.key_file);
  if (!key) return forward_error(key);
  return use(*certificate, key->view());
}

}  // namespace

Result<ServerCertificate> load_certificate(const ServeOptions& options, const Clock& clock,
                                           Random& random) {
  return options.tls.kind == TlsChoice::Kind::Files ? from_files(options.tls)
                                                    : self_signed(options, clock, random);
}

}  // namespace plait::app
