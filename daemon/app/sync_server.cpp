#include "daemon/app/sync_server.h"

#include <array>
#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

#include "daemon/app/server_certificate.h"
#include "daemon/crypto/token.h"
#include "daemon/people/directory.h"
#include "daemon/server/admin_desk.h"
#include "daemon/server/office.h"
#include "daemon/support/log.h"
#include "daemon/support/seldom.h"

namespace plait::app {
namespace {

using store::SqliteServerStore;

constexpr std::array<double, 9> kCommitSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,  0.1,    0.5,   2.0};

}  // namespace

SyncServer::SyncServer(ServeOptions options, const Surroundings& around)
    : options_(std::move(options)),
      around_(around),
      mailbox_(around.loop),
      commits_(around.metrics.histogram("plait_commit_seconds", "Time of a commit.",
                                        kCommitSeconds)),
      bench_(around.loop, around.clock),
      deadline_(around.loop, [this] { server_->advance(around_.clock.now()); }) {}

SyncServer::~SyncServer() = default;

Result<std::unique_ptr<SyncServer>> SyncServer::start(const ServeOptions& options,
                                                      const Surroundings& around) {
  std::unique_ptr<SyncServer> server(new SyncServer(options, around));
  for (Result<void> (SyncServer::*step)() :
       {&SyncServer::open_store, &SyncServer::open_office, &SyncServer::open_gate,
        &SyncServer::listen, &SyncServer::listen_for_admin}) {
    if (auto done = (server.get()->*step)(); !done) return forward_error(done);
  }
  server->remember_address();
  return server;
}

Result<void> SyncServer::open_store() {
  SqliteServerStore::Options options;
  options.folder = options_.data;
  if (options_.workspace_quota) options.quota.workspace = *options_.workspace_quota;
  options.quota.member = options_.user_quota;
  options.post = [this](std::function<void()> call) { mailbox_.post(std::move(call)); };
  options.on_commit = [this](const store::CommitInfo& commit) {
    commits_.observe(std::chrono::duration<double>(commit.took).count());
  };
  auto store = SqliteServerStore::open(std::move(options), around_.clock, around_.random);
  if (!store) return forward_error(store);
  store_ = *std::move(store);
  return {};
}

Result<void> SyncServer::open_office() {
  const people::Directory::Limits limits{.members = options_.max_members};
  auto office = BackOffice::open(options_.data, limits, *store_, around_.loop, around_.clock,
                                 around_.random);
  if (!office) return forward_error(office);
  back_office_ = *std::move(office);
  return {};
}

Result<void> SyncServer::open_gate() {
  const auto on_refused =
      [this, seldom = Seldom(kStrangersLogPause)](crypto::TokenFault fault) mutable {
        if (const auto held = seldom.pass(around_.clock.now())) {
          log::info("token refused", {{"why", name_of(fault)}, {"not_logged", *held}});
        }
      };
  gatekeeper_ = std::make_unique<server::TokenGatekeeper>(
      crypto::TokenVerifier(back_office_->token_key, token_realm(), on_refused),
      back_office_->directory, around_.clock);
  server::Office& office = back_office_->office;
  server::Server::Options options;
  options.open = options_.open;
  if (options_.workspace_quota) {
    options.workspace_quota = options.open_quota = *options_.workspace_quota;
  }
  server_ = std::make_unique<server::Server>(
      options, *store_, *gatekeeper_, around_.clock, around_.metrics,
      server::Server::Workspaces{office, around_.random,
                                 server::server_id(office, around_.random)});
  memory_return_.emplace(around_.loop, server_->meters().unloads);
  reception_ = std::make_unique<Reception>(*server_, around_.metrics, around_.clock);
  return {};
}

Result<void> SyncServer::listen() {
  net::WebSocketServerOptions options;
  options.host = options_.listen.host;
  options.port = options_.listen.port;
  options.rules.behind_proxy = options_.behind_proxy;
  options.rules.handshake = handshake_rules(options_);
  options.max_connections_per_address = options_.max_connections_per_address;
  if (options_.tls.kind != TlsChoice::Kind::Off) {
    auto certificate = load_certificate(options_, around_.clock, around_.random);
    if (!certificate) return forward_error(certificate);
    options.tls = std::move(certificate->context);
    fingerprint_ = std::move(certificate->fingerprint);
  }
  auto connections = net::WebSocketServer::listen(bench_, std::move(options), *reception_);
  if (!connections) return forward_error(connections);
  connections_ = *std::move(connections);
  return {};
}

Result<void> SyncServer::listen_for_admin() {
  auto socket = AdminSocket::listen(around_.loop, options_.data, back_office_->desk);
  if (!socket) return forward_error(socket);
  admin_socket_ = *std::move(socket);
  return {};
}

/// Where clients find this server, for the links of invites.
void SyncServer::remember_address() {
  server::Office& office = back_office_->office;
  const auto remember = [&office](std::string_view name, const std::string& value) {
    if (office.directory().setting(name) == value) return;
    office.set(name, value, [](const auto& /*stored*/) {});
  };
  remember(server::kAddressSetting, public_address(options_, address().port));
  const bool pinned = options_.tls.kind == TlsChoice::Kind::SelfSigned;
  remember(server::kFingerprintSetting, pinned ? fingerprint_ : std::string());
}

void SyncServer::end_of_turn() {
  server_->end_of_turn();
  bench_.end_of_turn();
  memory_return_->end_of_turn();
  const auto next = server_->next_deadline();
  if (next == deadline_at_) return;
  deadline_at_ = next;
  if (next) {
    deadline_.start_at(*next);
  } else {
    deadline_.stop();
  }
}

void SyncServer::drain() {
  connections_->stop_listening();
  server_->drain();
}

bool SyncServer::is_drained() const noexcept {
  return server_->is_drained() && connections_->connections() == 0;
}

Result<void> SyncServer::reload_certificate() {
  if (options_.tls.kind == TlsChoice::Kind::Off) return {};
  auto certificate = load_certificate(options_, around_.clock, around_.random);
  if (!certificate) return forward_error(certificate);
  connections_->use(std::move(certificate->context));
  fingerprint_ = std::move(certificate->fingerprint);
  log::info("certificate loaded", {{"fingerprint", fingerprint_}});
  return {};
}

}  // namespace plait::app
