#include "daemon/app/server_probe.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include <netdb.h>

#include "daemon/app/daemon_hello.h"
#include "daemon/app/serve_options.h"
#include "daemon/crypto/invite_link.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/tcp_connector.h"
#include "daemon/loop/timer.h"
#include "daemon/net/client_connection.h"
#include "daemon/net/mask_source.h"
#include "daemon/net/workbench.h"
#include "protocol/jsonrpc/message.h"
#include "protocol/messages/connect/session.h"

namespace plait::app {
namespace {

namespace connect = messages::connect;

constexpr std::chrono::seconds kProbeTime{60};
constexpr std::string_view kPath = "/v1/connect";
constexpr const char* kCaFileVariable = "PLAIT_CA_FILE";
constexpr jsonrpc::JsonLimits kAnswerLimits{
    .max_bytes = std::size_t{64} << 10, .max_depth = 8, .max_values = 1000};

const char* variable(const char* name) {
  return std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing in this program sets one
}

std::string first_of(const char* name, const char* other) {
  for (const char* one : {name, other}) {
    if (const char* value = variable(one); value != nullptr && *value != '\0') return value;
  }
  return {};
}

/// One visit.
class Probe final : private net::ClientConnection::Handler {
 public:
  Visit go(const ProbeTarget& target, const std::optional<net::Proxy>& proxy) {
    if (auto set_out = start(target, proxy); !set_out) {
      visit_.answer = Failure{set_out.error()};
      return std::move(visit_);
    }
    deadline_.start(kProbeTime);
    loop_.run();
    bench_.discard(std::move(connection_));
    bench_.end_of_turn();
    return std::move(visit_);
  }

 private:
  Result<void> start(const ProbeTarget& target, const std::optional<net::Proxy>& proxy) {
    auto tls = client_tls();
    if (!tls) return forward_error(tls);
    net::ClientConnection::Handler& me = *this;
    connection_ = std::make_unique<net::ClientConnection>(bench_, masks_, me);
    return connection_->start({.host = target.host,
                               .port = target.port,
                               .target = std::string(kPath),
                               .tls = &*tls,
                               .fingerprint = target.fingerprint,
                               .subprotocols = {std::string(connect::kSubprotocol)},
                               .proxy = proxy});
  }

  void on_open(std::string_view /*subprotocol*/) override {
    note_tls();
    connect::Hello hello;
    hello.versions = {connect::kProtocolVersion};
    hello.client = this_program();
    connection_->send(net::MessageKind::Text, jsonrpc::write_message(jsonrpc::Request{
                                                  std::int64_t{1}, std::string(hello.kMethod),
                                                  jsonrpc::write_fields(hello)}));
  }
  void on_message(net::MessageKind /*kind*/, std::string_view payload) override {
    const jsonrpc::Message message = jsonrpc::parse_message(payload, kAnswerLimits);
    if (const auto* error = std::get_if<jsonrpc::ErrorResponse>(&message)) {
      return end(fail(ErrorCode::Refused, error->error.message));
    }
    const auto* response = std::get_if<jsonrpc::Response>(&message);
    if (response == nullptr) return;
    const auto reply = jsonrpc::read_fields<connect::Hello::Reply>(response->result, "result");
    if (!reply) return end(Failure{reply.error()});
    end(ProbeAnswer{reply->server.version, WallTime{reply->time}});
  }
  void on_backlog() override {}
  void on_drained() override {}
  void on_closed(const net::Ending& ending) override {
    if (!has_ended_) note_tls();
    end(fail(ErrorCode::System, ending.reason));
  }

  void end(Result<ProbeAnswer> answer) {
    if (!has_ended_) visit_.answer = std::move(answer);
    has_ended_ = true;
    loop_.stop();
  }

  void note_tls() {
    const net::TlsSession* const tls = connection_->tls();
    if (tls == nullptr) return;
    visit_.certificate_expires = tls->peer_certificate_expires();
    if (tls->handshake_done()) visit_.tls = tls->version();
  }

  bool has_ended_ = false;
  Visit visit_;
  loop::Loop loop_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  net::MaskSource masks_{random_};
  net::Workbench bench_{loop_, clock_};
  std::unique_ptr<net::ClientConnection> connection_;
  loop::Timer deadline_{loop_, [this] { loop_.stop(); }};
  loop::EndOfTurn end_of_turn_{loop_, [this] { bench_.end_of_turn(); }};
};

}  // namespace

Result<ProbeTarget> parse_probe_target(std::string_view text) {
  if (text.starts_with("plait://")) {
    auto link = crypto::InviteLink::parse(text);
    if (!link) return forward_error(link);
    return ProbeTarget{link->host, link->port, link->fingerprint};
  }
  for (const std::string_view scheme : {"wss://", "https://"}) {
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
  }
  std::string endpoint(text.substr(0, text.find('/')));
  const bool has_port = endpoint.rfind(':') != std::string::npos && !endpoint.ends_with(']');
  if (!has_port) endpoint += ":443";
  const auto parsed = parse_endpoint(endpoint);
  if (!parsed || parsed->port == 0 || parsed->host == "::") {
    return fail(ErrorCode::Malformed,
                "expected a link, or a server as in plait.example.org or 192.0.2.7:4430");
  }
  return ProbeTarget{parsed->host, parsed->port, std::nullopt};
}

Result<std::optional<net::Proxy>> proxy_for(const ProbeTarget& target) {
  const std::string named = first_of("HTTPS_PROXY", "https_proxy");
  if (named.empty() ||
      net::bypasses_proxy(first_of("NO_PROXY", "no_proxy"), target.host, target.port)) {
    return std::optional<net::Proxy>();
  }
  auto proxy = net::parse_proxy(named);
  if (!proxy) return forward_error(proxy);
  return std::optional(*std::move(proxy));
}

Result<net::TlsContext> client_tls() {
  const char* const file = variable(kCaFileVariable);
  if (file == nullptr || *file == '\0') return net::TlsContext::client();
  std::ifstream in(file);
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    return fail(ErrorCode::System,
                std::string(kCaFileVariable) + " names " + file + ", which cannot be read");
  }
  return net::TlsContext::client(pem, /*and_the_systems=*/true);
}

Result<std::vector<std::string>> look_up(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int why = ::getaddrinfo(host.c_str(), /*service=*/nullptr, &wanted, &found)) {
    return fail(ErrorCode::NotFound, ::gai_strerror(why));
  }
  std::vector<std::string> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(),
                      /*serv=*/nullptr, 0, NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  ::freeaddrinfo(found);
  return addresses;
}

Result<void> reach(const std::string& host, std::uint16_t port) {
  loop::Loop loop;
  Result<void> reached = fail(ErrorCode::System, "nobody answers in time");
  loop::Timer deadline(loop, [&loop] { loop.stop(); });
  auto connector = loop::TcpConnector::connect(
      loop, host, port, [&](const Result<std::unique_ptr<loop::TcpStream>>& stream) {
        reached = stream ? Result<void>() : Failure{stream.error()};
        loop.stop();
      });
  if (!connector) return forward_error(connector);
  deadline.start(net::kConnectTime);
  loop.run();
  return reached;
}

Visit visit_server(const ProbeTarget& target, const std::optional<net::Proxy>& proxy) {
  return Probe().go(target, proxy);
}

}  // namespace plait::app
