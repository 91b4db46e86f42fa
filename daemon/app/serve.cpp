#include "daemon/app/serve.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

#include "daemon/app/admin_socket.h"
#include "daemon/app/back_office.h"
#include "daemon/app/mailbox.h"
#include "daemon/app/process_memory.h"
#include "daemon/app/reception.h"
#include "daemon/app/server_certificate.h"
#include "daemon/crypto/random.h"
#include "daemon/crypto/token.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/signal.h"
#include "daemon/loop/timer.h"
#include "daemon/net/http_server.h"
#include "daemon/net/websocket_server.h"
#include "daemon/net/workbench.h"
#include "daemon/people/directory.h"
#include "daemon/server/admin_desk.h"
#include "daemon/server/office.h"
#include "daemon/server/server.h"
#include "daemon/server/token_gatekeeper.h"
#include "daemon/store/sqlite_server_store.h"
#include "daemon/support/log.h"
#include "daemon/support/metrics.h"
#include "daemon/support/seldom.h"

namespace plait::app {
namespace {

using store::SqliteServerStore;

/// Who waits for the disk or for a slow client when the server has to go.
constexpr std::chrono::seconds kDrainTime{10};

constexpr std::array<double, 9> kCommitSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,  0.1,    0.5,   2.0};

/// Everything that runs, in the order in which it needs each other.
class ServerProcess {
 public:
  static Result<std::unique_ptr<ServerProcess>> start(const ServeOptions& options);

  /// Until it is drained.
  void run() { loop_.run(); }

 private:
  ServerProcess()
      : mailbox_(loop_),
        commits_(
            metrics_.histogram("plait_commit_seconds", "Time of a commit.", kCommitSeconds)),
        bench_(loop_, clock_),
        deadline_(loop_, [this] { server_->advance(clock_.now()); }),
        drain_deadline_(loop_, [this] { loop_.stop(); }),
        end_of_turn_(loop_, [this] { end_of_turn(); }),
        terminate_(loop_, SIGTERM, [this] { drain(); }),
        interrupt_(loop_, SIGINT, [this] { drain(); }),
        reload_(loop_, SIGHUP, [this] { reload_certificate(); }) {}

  Result<void> open_store();
  Result<void> open_office();
  Result<void> open_gate();
  Result<void> listen();
  Result<void> listen_for_metrics();
  Result<void> listen_for_admin();
  void announce() const;
  void invite_first_owner();

  void end_of_turn();
  void drain();
  void reload_certificate();
  net::HttpResponse answer(const net::HttpRequest& request);

  ServeOptions options_;
  loop::Loop loop_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  Metrics metrics_;
  Mailbox mailbox_;
  Histogram& commits_;
  std::unique_ptr<SqliteServerStore> store_;
  std::unique_ptr<BackOffice> back_office_;
  std::unique_ptr<server::TokenGatekeeper> gatekeeper_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Reception> reception_;
  net::Workbench bench_;
  std::unique_ptr<net::WebSocketServer> connections_;
  std::unique_ptr<net::HttpServer> watchers_;
  std::unique_ptr<AdminSocket> admin_socket_;
  std::string fingerprint_;
  bool draining_ = false;

  loop::Timer deadline_;
  std::optional<MonotonicTime> deadline_at_;
  loop::Timer drain_deadline_;
  std::optional<MemoryReturn> memory_return_;
  loop::EndOfTurn end_of_turn_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
  loop::Signal reload_;
};

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const ServeOptions& options) {
  std::unique_ptr<ServerProcess> process(new ServerProcess);
  process->options_ = options;
  for (Result<void> (ServerProcess::*step)() :
       {&ServerProcess::open_store, &ServerProcess::open_office, &ServerProcess::open_gate,
        &ServerProcess::listen, &ServerProcess::listen_for_metrics,
        &ServerProcess::listen_for_admin}) {
    if (auto done = (process.get()->*step)(); !done) return forward_error(done);
  }
  process->announce();
  process->invite_first_owner();
  return process;
}

Result<void> ServerProcess::open_store() {
  SqliteServerStore::Options options;
  options.folder = options_.data;
  if (options_.workspace_quota) options.quota.workspace = *options_.workspace_quota;
  options.quota.member = options_.user_quota;
  options.post = [this](std::function<void()> call) { mailbox_.post(std::move(call)); };
  options.on_commit = [this](const store::CommitInfo& commit) {
    commits_.observe(std::chrono::duration<double>(commit.took).count());
  };
  auto store = SqliteServerStore::open(std::move(options), clock_, random_);
  if (!store) return forward_error(store);
  store_ = *std::move(store);
  return {};
}

Result<void> ServerProcess::open_office() {
  const people::Directory::Limits limits{.members = options_.max_members};
  auto office = BackOffice::open(options_.data, limits, *store_, loop_, clock_, random_);
  if (!office) return forward_error(office);
  back_office_ = *std::move(office);
  return {};
}

Result<void> ServerProcess::open_gate() {
  const auto on_refused =
      [this, seldom = Seldom(kStrangersLogPause)](crypto::TokenFault fault) mutable {
        if (const auto held = seldom.pass(clock_.now())) {
          log::info("token refused", {{"why", name_of(fault)}, {"not_logged", *held}});
        }
      };
  gatekeeper_ = std::make_unique<server::TokenGatekeeper>(
      crypto::TokenVerifier(back_office_->token_key, token_realm(), on_refused),
      back_office_->directory, clock_);
  server::Office& office = back_office_->office;
  server::Server::Options options;
  options.open = options_.open;
  if (options_.workspace_quota) {
    options.workspace_quota = options.open_quota = *options_.workspace_quota;
  }
  server_ = std::make_unique<server::Server>(
      options, *store_, *gatekeeper_, clock_, metrics_,
      server::Server::Workspaces{office, random_, server::server_id(office, random_)});
  memory_return_.emplace(loop_, server_->meters().unloads);
  reception_ = std::make_unique<Reception>(*server_, metrics_, clock_);
  return {};
}

Result<void> ServerProcess::listen() {
  net::WebSocketServerOptions options;
  options.host = options_.listen.host;
  options.port = options_.listen.port;
  options.rules.behind_proxy = options_.behind_proxy;
  options.rules.handshake = handshake_rules(options_);
  options.max_connections_per_address = options_.max_connections_per_address;
  if (options_.tls.kind != TlsChoice::Kind::Off) {
    auto certificate = load_certificate(options_, clock_, random_);
    if (!certificate) return forward_error(certificate);
    options.tls = std::move(certificate->context);
    fingerprint_ = std::move(certificate->fingerprint);
  }
  auto connections = net::WebSocketServer::listen(bench_, std::move(options), *reception_);
  if (!connections) return forward_error(connections);
  connections_ = *std::move(connections);
  return {};
}

Result<void> ServerProcess::listen_for_metrics() {
  if (!options_.metrics) return {};
  auto watchers = net::HttpServer::listen(
      bench_, options_.metrics->host, options_.metrics->port,
      [this](const net::HttpRequest& request) { return answer(request); });
  if (!watchers) return forward_error(watchers);
  watchers_ = *std::move(watchers);
  return {};
}

Result<void> ServerProcess::listen_for_admin() {
  auto socket = AdminSocket::listen(loop_, options_.data, back_office_->desk);
  if (!socket) return forward_error(socket);
  admin_socket_ = *std::move(socket);
  return {};
}

/// On standard output, for people and for programs that start this one.
void ServerProcess::announce() const {
  const bool tls = options_.tls.kind != TlsChoice::Kind::Off;
  std::cout << "listening on " << (tls ? "wss://" : "ws://")
            << loop::to_text(connections_->address()) << '\n';
  if (tls) std::cout << "fingerprint " << fingerprint_ << '\n';
  if (options_.open) std::cout << "open: any path under /yjs/ is a room for everybody\n";
  if (watchers_)
    std::cout << "metrics on http://" << loop::to_text(watchers_->address()) << '\n';
  std::cout << std::flush;
}

/// Remembers where clients find this server, for the links of invites, and prints the one for
/// its first owner.
void ServerProcess::invite_first_owner() {
  server::Office& office = back_office_->office;
  const auto remember = [&office](std::string_view name, const std::string& value) {
    if (office.directory().setting(name) == value) return;
    office.set(name, value, [](const auto& /*stored*/) {});
  };
  remember(server::kAddressSetting, public_address(options_, connections_->address().port));
  const bool pinned = options_.tls.kind == TlsChoice::Kind::SelfSigned;
  remember(server::kFingerprintSetting, pinned ? fingerprint_ : std::string());
  if (options_.open) return;
  back_office_->desk.invite_first_owner([](const auto& link) {
    if (!link) {
      log::error("there is no invite for a first owner", {{"why", link.refusal().message}});
    } else if (*link) {
      std::cout << "first owner " << **link << std::endl;
    }
  });
}

void ServerProcess::end_of_turn() {
  if (server_ == nullptr) return;
  server_->end_of_turn();
  bench_.end_of_turn();
  memory_return_->end_of_turn();
  const auto next = server_->next_deadline();
  if (next != deadline_at_) {
    deadline_at_ = next;
    if (next) {
      deadline_.start_at(*next);
    } else {
      deadline_.stop();
    }
  }
  if (draining_ && server_->is_drained() &&
      (connections_ == nullptr || connections_->connections() == 0)) {
    loop_.stop();
  }
}

void ServerProcess::drain() {
  if (std::exchange(draining_, true)) return loop_.stop();  // asked twice: at once
  log::info("draining");
  connections_->stop_listening();
  server_->drain();
  drain_deadline_.start(kDrainTime);
}

void ServerProcess::reload_certificate() {
  if (options_.tls.kind == TlsChoice::Kind::Off) return;
  auto certificate = load_certificate(options_, clock_, random_);
  if (!certificate) {
    log::error("the certificate stays: the new one cannot be used",
               {{"why", certificate.error().message}});
    return;
  }
  connections_->use(std::move(certificate->context));
  log::info("certificate loaded", {{"fingerprint", certificate->fingerprint}});
}

net::HttpResponse ServerProcess::answer(const net::HttpRequest& request) {
  if (request.path == "/healthz") return {200, "ok\n"};
  if (request.path == "/readyz") {
    return draining_ ? net::HttpResponse{503, "draining\n"} : net::HttpResponse{200, "ready\n"};
  }
  if (request.path != "/metrics") return {404, "there is /healthz, /readyz and /metrics\n"};
  metrics_.gauge("plait_connections", "Connections now.")
      .set(static_cast<double>(connections_->connections()));
  metrics_.gauge("plait_clients", "Connections to /v1/connect.")
      .set(static_cast<double>(server_->client_count()));
  metrics_.gauge("plait_providers", "Connections to /yjs/ by members.")
      .set(static_cast<double>(server_->provider_count()));
  metrics_.gauge("plait_rooms", "Documents in use.")
      .set(static_cast<double>(server_->room_count()));
  metrics_.gauge("plait_encoded_bytes", "Documents in use, in encoded form.")
      .set(static_cast<double>(server_->encoded_bytes()));
  metrics_.gauge("plait_outgoing_bytes", "What waits for all connections.")
      .set(static_cast<double>(connections_->queued_bytes()));
  metrics_.gauge("plait_memory_bytes", "Memory of the process.").set(resident_bytes());
  metrics_.gauge("plait_unsaved_bytes", "What waits for the disk.")
      .set(static_cast<double>(store_->queued_bytes()));
  return {200, metrics_.prometheus_text(), "text/plain; version=0.0.4; charset=utf-8"};
}

}  // namespace

Result<void> serve(const ServeOptions& options) {
  auto process = ServerProcess::start(options);
  if (!process) return forward_error(process);
  (*process)->run();
  return {};
}

}  // namespace plait::app
