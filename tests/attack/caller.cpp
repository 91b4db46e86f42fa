#include "tests/attack/caller.h"

#include <utility>

#include "daemon/crypto/byte_array.h"
#include "daemon/crypto/random.h"
#include "protocol/base/assert.h"
#include "protocol/base/base64.h"
#include "tests/attack/json_text.h"

namespace plait::attack {

Caller::Caller(Stage& stage)
    : visitor_(stage.server().visitor(
          {.path = "/v1/connect", .more_lines = {"Sec-WebSocket-Protocol: plait.1"}})) {
  PLAIT_ASSERT(visitor_ != nullptr, "to be let in");
}

int Caller::sends(std::string_view method, std::string_view params) {
  visitor_->says_text(R"({"jsonrpc":"2.0","id":)" + std::to_string(++last_id_) +
                      R"(,"method":")" + std::string(method) + R"(","params":)" +
                      std::string(params) + '}');
  return last_id_;
}

std::string Caller::answer_to(int id) {
  const std::string mark = "\"id\":" + std::to_string(id) + ',';
  while (auto message = visitor_->next_message()) {
    if (message->starts_with('{') && message->find(mark) != std::string::npos) return *message;
  }
  return {};
}

std::string Caller::asks(std::string_view method, std::string_view params) {
  return answer_to(sends(method, params));
}

std::string Caller::tries(std::string_view method, std::string_view params) {
  const std::string answer = asks(method, params);
  if (answer.empty()) return visitor_->ending();
  return answer.find("\"error\":") == std::string::npos ? "ok" : field_of(answer, "code");
}

bool Caller::greets() {
  const std::string answer =
      asks("hello", R"({"versions":[1],"client":{"name":"eve","version":"1"},)"
                    R"("required":[],"optional":["durable","presence","feed","blobs"]})");
  nonce_ = field_of(answer, "nonce");
  server_id_ = field_of(answer, "serverId");
  return !nonce_.empty();
}

crypto::LoginChallenge Caller::challenge() {
  crypto::LoginChallenge challenge;
  challenge.server_id = server_id_;
  const auto nonce = crypto::array_of<32>(from_base64url(nonce_).value());
  challenge.nonce = nonce.value();
  const auto binding = visitor_->line().tls()->export_binding(crypto::kLoginExporterLabel);
  challenge.channel = {std::string(crypto::view_of(binding.value())), "127.0.0.1"};
  return challenge;
}

std::string Caller::login_params(const crypto::DeviceKey& device,
                                 const crypto::LoginChallenge& challenge) {
  const crypto::Signature proof = crypto::prove_login(device, challenge).value();
  return R"({"publicKey":")" + to_base64url(crypto::view_of(device.public_key().bytes)) +
         R"(","signature":")" + to_base64url(crypto::view_of(proof.bytes)) + "\"}";
}

bool Caller::logs_in(const crypto::DeviceKey& device) {
  return greets() && tries("login/key", login_params(device, challenge())) == "ok";
}

bool Caller::logs_in(const std::string& token) {
  return greets() && tries("login/token", R"({"token":")" + token + "\"}") == "ok";
}

bool Caller::opens(const std::string& workspace) {
  return tries("workspace/open", R"({"workspaceId":")" + workspace + "\"}") == "ok";
}

std::string Caller::opens_document(const std::string& document) {
  return field_of(
      asks("document/open", R"({"document":")" + document + R"(","stateVector":"AA"})"),
      "channel");
}

crypto::DeviceKey new_device() {
  crypto::SystemRandom random;
  return crypto::DeviceKey::generate(random).value();
}

}  // namespace plait::attack
