#include "daemon/app/serve.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "daemon/app/process_memory.h"
#include "daemon/app/sync_server.h"
#include "daemon/crypto/random.h"
#include "daemon/loop/end_of_turn.h"
#include "daemon/loop/loop.h"
#include "daemon/loop/signal.h"
#include "daemon/loop/timer.h"
#include "daemon/net/http_server.h"
#include "daemon/support/clock.h"
#include "daemon/support/log.h"
#include "daemon/support/metrics.h"

namespace plait::app {
namespace {

/// Who waits for the disk or for a slow client when the server has to go.
constexpr std::chrono::seconds kDrainTime{10};

/// The server, and what it has as a process of its own.
class ServerProcess {
 public:
  static Result<std::unique_ptr<ServerProcess>> start(const ServeOptions& options);

  /// Until it is drained.
  void run() { loop_.run(); }

 private:
  explicit ServerProcess(const ServeOptions& options)
      : options_(options),
        drain_deadline_(loop_, [this] { loop_.stop(); }),
        end_of_turn_(loop_, [this] { end_of_turn(); }),
        terminate_(loop_, SIGTERM, [this] { drain(); }),
        interrupt_(loop_, SIGINT, [this] { drain(); }),
        reload_(loop_, SIGHUP, [this] { reload_certificate(); }) {}

  Result<void> listen_for_metrics();
  void announce() const;
  void invite_first_owner();

  void end_of_turn();
  void drain();
  void reload_certificate();
  net::HttpResponse answer(const net::HttpRequest& request);

  const ServeOptions options_;
  loop::Loop loop_;
  SystemClock clock_;
  crypto::SystemRandom random_;
  Metrics metrics_;
  std::unique_ptr<SyncServer> server_;
  std::unique_ptr<net::HttpServer> watchers_;
  bool draining_ = false;

  loop::Timer drain_deadline_;
  loop::EndOfTurn end_of_turn_;
  loop::Signal terminate_;
  loop::Signal interrupt_;
  loop::Signal reload_;
};

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const ServeOptions& options) {
  std::unique_ptr<ServerProcess> process(new ServerProcess(options));
  auto server = SyncServer::start(
      options, {process->loop_, process->clock_, process->random_, process->metrics_});
  if (!server) return forward_error(server);
  process->server_ = *std::move(server);
  if (auto done = process->listen_for_metrics(); !done) return forward_error(done);
  process->announce();
  process->invite_first_owner();
  return process;
}

Result<void> ServerProcess::listen_for_metrics() {
  if (!options_.metrics) return {};
  auto watchers = net::HttpServer::listen(
      server_->bench(), options_.metrics->host, options_.metrics->port,
      [this](const net::HttpRequest& request) { return answer(request); });
  if (!watchers) return forward_error(watchers);
  watchers_ = *std::move(watchers);
  return {};
}

/// On standard output, for people and for programs that start this one.
void ServerProcess::announce() const {
  const bool tls = options_.tls.kind != TlsChoice::Kind::Off;
  std::cout << "listening on " << (tls ? "wss://" : "ws://")
            << loop::to_text(server_->address()) << '\n';
  if (tls) std::cout << "fingerprint " << server_->fingerprint() << '\n';
  if (options_.open) std::cout << "open: any path under /yjs/ is a room for everybody\n";
  if (watchers_)
    std::cout << "metrics on http://" << loop::to_text(watchers_->address()) << '\n';
  std::cout << std::flush;
}

/// Prints the link for the first owner.
void ServerProcess::invite_first_owner() {
  if (options_.open) return;
  server_->back_office().desk.invite_first_owner([](const auto& link) {
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
  if (draining_ && server_->is_drained()) loop_.stop();
}

void ServerProcess::drain() {
  if (std::exchange(draining_, true)) return loop_.stop();  // asked twice: at once
  log::info("draining");
  server_->drain();
  drain_deadline_.start(kDrainTime);
}

void ServerProcess::reload_certificate() {
  if (auto loaded = server_->reload_certificate(); !loaded) {
    log::error("the certificate stays: the new one cannot be used",
               {{"why", loaded.error().message}});
  }
}

net::HttpResponse ServerProcess::answer(const net::HttpRequest& request) {
  if (request.path == "/healthz") return {200, "ok\n"};
  if (request.path == "/readyz") {
    return draining_ ? net::HttpResponse{503, "draining\n"} : net::HttpResponse{200, "ready\n"};
  }
  if (request.path != "/metrics") return {404, "there is /healthz, /readyz and /metrics\n"};
  metrics_.gauge("plait_connections", "Connections now.")
      .set(static_cast<double>(server_->connections().connections()));
  metrics_.gauge("plait_clients", "Connections to /v1/connect.")
      .set(static_cast<double>(server_->server().client_count()));
  metrics_.gauge("plait_providers", "Connections to /yjs/ by members.")
      .set(static_cast<double>(server_->server().provider_count()));
  metrics_.gauge("plait_rooms", "Documents in use.")
      .set(static_cast<double>(server_->server().room_count()));
  metrics_.gauge("plait_encoded_bytes", "Documents in use, in encoded form.")
      .set(static_cast<double>(server_->server().encoded_bytes()));
  metrics_.gauge("plait_outgoing_bytes", "What waits for all connections.")
      .set(static_cast<double>(server_->connections().queued_bytes()));
  metrics_.gauge("plait_memory_bytes", "Memory of the process.").set(resident_bytes());
  metrics_.gauge("plait_unsaved_bytes", "What waits for the disk.")
      .set(static_cast<double>(server_->unsaved_bytes()));
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
