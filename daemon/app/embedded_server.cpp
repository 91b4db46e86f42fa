#include "daemon/app/embedded_server.h"

#include <charconv>
#include <chrono>
#include <fstream>
#include <system_error>
#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/loop/own_address.h"
#include "daemon/server/office.h"
#include "daemon/store/private_files.h"
#include "protocol/base/base64.h"

namespace plait::app {
namespace {

namespace connect = messages::connect;
using people::Outcome;

constexpr const char* kLoopback = "127.0.0.1";
/// Every address of this machine; the second where there is no IPv6.
constexpr const char* kEverywhere[] = {"::", "0.0.0.0"};
/// In the server's folder.
constexpr const char* kPortFile = "/port";
constexpr std::chrono::minutes kOwnerTime{10};

/// 0 if it was never started.
std::uint16_t remembered_port(const std::string& folder) {
  std::ifstream file(folder + kPortFile);
  std::uint16_t port = 0;
  file >> port;
  return file ? port : 0;
}

Result<void> remember_port(const std::string& folder, std::uint16_t port) {
  const std::string path = folder + kPortFile;
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::trunc);
  file << port << '\n' << std::flush;
  if (file) {
    if (auto kept = store::publish_file(fresh, path); !kept) return kept;
    return {};
  }
  return fail(ErrorCode::System, fresh + " cannot be written");
}

Result<std::unique_ptr<SyncServer>> start_at(const std::string& folder, std::uint16_t port,
                                             const SyncServer::Surroundings& around) {
  ServeOptions options;
  options.data = folder;
  for (const char* host : kEverywhere) {
    options.listen = {host, port};
    auto server = SyncServer::start(options, around);
    if (server || host == std::end(kEverywhere)[-1]) return server;
  }
  return fail(ErrorCode::System, "there is no address to listen at");
}

Failure refused(const jsonrpc::RpcError& refusal) {
  return fail(ErrorCode::Refused, refusal.message);
}

}  // namespace

Result<std::unique_ptr<EmbeddedServer>> EmbeddedServer::start(
    const std::string& folder, const SyncServer::Surroundings& around) {
  if (auto made = store::make_private_folder(folder); !made) return forward_error(made);
  const std::uint16_t port = remembered_port(folder);
  auto server = start_at(folder, port, around);
  if (!server && port != 0) {
    return Failure{std::move(server).error().with_context(
        "the server in this daemon, which others know at port " + std::to_string(port))};
  }
  if (!server) return forward_error(server);
  if (port == 0) {
    auto kept = remember_port(folder, (*server)->address().port);
    if (!kept) return forward_error(kept);
  }
  auto fingerprint = crypto::Fingerprint::parse((*server)->fingerprint());
  if (!fingerprint) return forward_error(fingerprint);
  return std::unique_ptr<EmbeddedServer>(
      new EmbeddedServer(around.loop, *std::move(server), *fingerprint));
}

EmbeddedServer::EmbeddedServer(loop::Loop& loop, std::unique_ptr<SyncServer> server,
                               const crypto::Fingerprint& fingerprint)
    : loop_(loop), fingerprint_(fingerprint), server_(std::move(server)) {}

std::string EmbeddedServer::host() const {
  return loop::own_address(loop_).value_or(kLoopback);
}

void EmbeddedServer::create_workspace(const std::string& name,
                                      std::function<void(Result<crypto::InviteLink>)> answer) {
  server_->back_office().office.create_workspace(
      server::Actor::the_operator(), name,
      [this, answer = std::move(answer)](const Outcome<connect::Workspace>& made) {
        if (!made) return answer(refused(made.refusal()));
        invite_owner(made->id, answer);
      });
}

void EmbeddedServer::invite_owner(
    const std::string& workspace,
    const std::function<void(Result<crypto::InviteLink>)>& answer) {
  connect::InviteCreate wish;
  wish.role = connect::Role::Owner;
  wish.max_uses = 1;
  wish.expires_in_seconds = std::chrono::seconds(kOwnerTime).count();
  server_->back_office().office.create_invite(
      server::Actor::the_operator(), workspace, wish,
      [this, workspace, answer](const Outcome<connect::InviteCreate::Reply>& made) {
        if (!made) return answer(refused(made.refusal()));
        auto secret =
            crypto::InviteSecret::parse(to_base64url(crypto::view_of(made->secret.data)));
        if (!secret) return answer(forward_error(secret));
        answer(crypto::InviteLink{kLoopback, port(), workspace, *secret, fingerprint_});
      });
}

}  // namespace plait::app
