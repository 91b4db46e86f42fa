#include "daemon/server/login.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/crypto/login_proof.h"
#include "daemon/crypto/random.h"
#include "daemon/net/websocket_codec.h"
#include "daemon/server/limits.h"
#include "daemon/server/version.h"
#include "protocol/messages/connect/errors.h"

namespace plait::server {
namespace {

namespace connect = messages::connect;
using connect::CloseReason;
using connect::ConnectError;
using connect::Phase;
using jsonrpc::Json;

struct Capability {
  std::string_view name;
  bool Capabilities::*in_use;
};
constexpr std::array<Capability, 6> kCapabilities = {{
    {"durable", &Capabilities::durable},
    {"hash", &Capabilities::hash},
    {"presence", &Capabilities::presence},
    {"feed", &Capabilities::feed},
    {"blobs", &Capabilities::blobs},
    {"touched", &Capabilities::touched},
}};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The capabilities that somebody cannot do without and nobody here has heard of.
std::vector<std::string> unknown(const std::vector<std::string>& required) {
  std::vector<std::string> missing;
  for (const std::string& name : required) {
    if (std::ranges::find(kCapabilities, name, &Capability::name) == kCapabilities.end()) {
      missing.push_back(name);
    }
  }
  return missing;
}

jsonrpc::RpcError unsupported(const std::vector<std::string>& missing) {
  Json::Object data;
  data.push_back({"supported", jsonrpc::to_json(std::vector{connect::kProtocolVersion})});
  data.push_back({"missing", jsonrpc::to_json(missing)});
  return rpc_error(ConnectError::UnsupportedVersion, "there is no version that both speak",
                   Json(std::move(data)));
}

jsonrpc::RpcError known_already() {
  return rpc_error(ConnectError::Conflict, "you are logged in already");
}

}  // namespace

Login::Login(Caller& caller)
    : caller_(caller), deadline_(caller.host.agenda(), [this] { be_late(); }) {
  deadline_.set(caller_.host.clock().now() + kLoginTime);
}

void Login::be_late() {
  const bool had_token = caller_.phase >= Phase::LoggedIn;
  auto& meters = caller_.host.meters();
  (had_token ? meters.tokens_expired : meters.logins_refused_late).add();
  caller_.line->close(CloseReason::LoginRequired,
                      had_token ? "the token has expired" : "no login in time");
}

void Login::handle(const Hello& hello, const Responder<Hello>& responder) {
  if (caller_.phase >= Phase::LoggedIn) return responder.refuse(known_already());
  const auto missing = unknown(hello.required);
  const bool speaks = std::find(hello.versions.begin(), hello.versions.end(),
                                connect::kProtocolVersion) != hello.versions.end();
  if (!speaks || !missing.empty()) return responder.refuse(unsupported(missing));

  Hello::Reply reply;
  caller_.uses = {};
  for (const Capability& known : kCapabilities) {
    if (!contains(hello.required, known.name) && !contains(hello.optional, known.name))
      continue;
    caller_.uses.*known.in_use = true;
    reply.capabilities.emplace_back(known.name);
  }
  nonce_ = crypto::random_bytes<32>(caller_.host.random());
  reply.server = {std::string(kServerName), std::string(kServerVersion)};
  reply.server_id = caller_.host.server_id();
  reply.binding =
      caller_.channel.binding.empty() ? connect::Binding::Host : connect::Binding::Channel;
  reply.nonce.data = *nonce_;
  reply.time = caller_.host.clock().wall().ms;
  caller_.client = hello.client.name;
  caller_.phase = Phase::Greeted;
  responder.answer(reply);
}

void Login::handle(const LoginKey& login, const Responder<LoginKey>& responder) {
  if (caller_.phase >= Phase::LoggedIn) return responder.refuse(known_already());
  auto& meters = caller_.host.meters();
  if (!nonce_) return refuse(meters.logins_refused_nonce, responder);
  const crypto::PublicKey key{login.public_key.data};
  const crypto::LoginChallenge challenge{caller_.host.server_id(),
                                         *std::exchange(nonce_, std::nullopt), caller_.channel};
  if (!crypto::verify_login(key, challenge, {login.signature.data})) {
    return refuse(meters.logins_refused_key, responder);
  }
  caller_.device = key.bytes;
  caller_.wanted_name = login.name.value_or("");
  deadline_.stop();
  logged_in();
  responder.answer({caller_.directory().user_with(key.bytes, caller_.wanted_name)});
}

void Login::handle(const LoginToken& login, const Responder<LoginToken>& responder) {
  const auto access = caller_.host.gatekeeper().check(login.token);
  if (!access) return refuse(caller_.host.meters().logins_refused_token, responder);
  const std::string& member = access->identity.member;
  if (caller_.phase >= Phase::LoggedIn) {
    const bool is_same = caller_.token && caller_.token->member == member &&
                         caller_.token->workspace == access->workspace;
    if (!is_same) return responder.refuse(known_already());
  }
  caller_.token = {access->token, access->workspace, member, access->token_role};
  if (caller_.phase < Phase::LoggedIn) logged_in();
  const auto left =
      std::chrono::milliseconds{access->expires.ms - caller_.host.clock().wall().ms};
  deadline_.set(caller_.host.clock().now() + left);
  responder.answer({caller_.directory().user(access->workspace, member), access->workspace,
                    access->expires.ms});
}

void Login::logged_in() {
  caller_.phase = Phase::LoggedIn;
  caller_.host.meters().logins.add();
  caller_.line->peer().set_max_message(net::kMaxMessageBytes);
}

/// One answer, whatever is wrong.
void Login::refuse(Counter& reason, const auto& responder) {
  reason.add();
  nonce_.reset();
  responder.refuse(rpc_error(ConnectError::LoginRefused, "the login is refused"));
  if (++refusals_ < kMaxRefusedLogins) return;
  caller_.line->close(CloseReason::LoginRequired, "too many refused logins");
}

}  // namespace plait::server
