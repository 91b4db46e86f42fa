#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/attack/attack.h"
#include "tests/attack/caller.h"
#include "tests/attack/json_text.h"

namespace plait::attack {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;

std::string redeem_params(const std::string& workspace, const std::string& secret,
                          const std::string& password = {}) {
  std::string params = R"({"workspaceId":")" + workspace + R"(","secret":")" + secret + '"';
  if (!password.empty()) params += R"(,"password":")" + password + '"';
  return params + '}';
}

/// The secret in a link, which `plait admin invite` printed.
std::string secret_of(const std::string& link) {
  const std::size_t at = link.find('#') + 1;
  return link.substr(at, link.find('.', at) - at);
}

/// Makes an invite, and returns its secret; `id` becomes its id.
std::string invite(Stage& stage, const std::vector<std::string>& options,
                   std::string* id = nullptr) {
  std::vector<std::string> command = {"--json", "invite", stage.workspace(), "--role",
                                      "editor"};
  command.insert(command.end(), options.begin(), options.end());
  const std::string made = stage.admin(command).value_or("");
  if (id != nullptr)
    *id = field_of(made.substr(std::min(made.size(), made.find("\"invite\":"))), "id");
  return secret_of(field_of(made, "link"));
}

/// An answer to somebody nobody knows, without what belongs to the request.
struct Answer {
  std::string text;
  microseconds took{0};
};
Answer redeem(Stage& stage, const std::string& workspace, const std::string& secret,
              const std::string& password = {}) {
  Caller caller(stage);
  if (!caller.logs_in(new_device())) return {};
  const auto start = steady_clock::now();
  const std::string answer =
      caller.asks("invite/redeem", redeem_params(workspace, secret, password));
  Answer seen;
  seen.took = std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
  seen.text = field_of(answer, "code") + ' ' + field_of(answer, "message");
  return seen;
}

const std::string kGuess(22, 'A');

/// A wrong, an expired, a revoked and a used invite, and a workspace that does not exist.
std::string all_alike(Stage& stage) {
  const std::string expired = invite(stage, {"--expires", "1s"});
  std::string revoked_id;
  const std::string revoked = invite(stage, {}, &revoked_id);
  const std::string used = invite(stage, {"--uses", "1"});
  if (!stage.admin({"revoke", stage.workspace(), revoked_id})) return "not revoked";
  Caller member(stage);
  if (!member.logs_in(new_device()) ||
      member.tries("invite/redeem", redeem_params(stage.workspace(), used)) != "ok") {
    return "not let in by a good one";
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{1100});

  const Answer wrong = redeem(stage, stage.workspace(), kGuess);
  std::vector<microseconds> times = {wrong.took};
  for (const std::string& secret : {expired, revoked, used}) {
    const Answer answer = redeem(stage, stage.workspace(), secret);
    if (answer.text != wrong.text) return "other words: " + answer.text;
    times.push_back(answer.took);
  }
  const Answer nowhere = redeem(stage, "w-0123456789abcdef", kGuess);
  if (nowhere.text != wrong.text) return "other words: " + nowhere.text;
  times.push_back(nowhere.took);
  const auto [least, most] = std::minmax_element(times.begin(), times.end());
  return wrong.text + "; " + std::to_string(least->count()) + " to " +
         std::to_string(most->count()) + " us";
}

std::string guesses(Stage& stage) {
  for (int i = 1; i <= 50; ++i) {
    const Answer answer = redeem(stage, stage.workspace(), kGuess);
    if (answer.text.starts_with("-32044")) return "slowed down after a few";
  }
  return "50 guesses";
}

/// An invite with a password, and guesses. Each right guess of a secret is a hash of scrypt.
std::string passwords(Stage& stage) {
  Caller owner(stage);
  const crypto::DeviceKey device = new_device();
  const auto made = stage.admin({"--json", "invite", stage.workspace(), "--role", "owner"});
  if (!made || !owner.logs_in(device)) return "no owner";
  const std::string joined = owner.tries(
      "invite/redeem", redeem_params(stage.workspace(), secret_of(field_of(*made, "link"))));
  if (joined != "ok" || !owner.opens(stage.workspace())) return "no owner: " + joined;
  const std::string secret = field_of(
      owner.asks("invite/create", R"({"role":"viewer","password":"right"})"), "secret");
  if (secret.empty()) return "no invite";
  Caller guesser(stage);
  if (!guesser.logs_in(new_device())) return "no login";
  for (int i = 1; i <= 50; ++i) {
    std::string code =
        guesser.tries("invite/redeem",
                      redeem_params(stage.workspace(), secret, "guess " + std::to_string(i)));
    if (code == "-32044") {
      return i <= 12 ? "slowed down after ten" : "slowed down after " + std::to_string(i);
    }
    if (code != "-32032") return code;
  }
  return "50 guesses";
}

}  // namespace

Scene invite_attacks() {
  Scene scene{.title = "Invites", .stage = Stage::Kind::Team, .attacks = {}};
  scene.attacks = {
      {"wrong, expired, revoked, used up, of no workspace: one answer", "-32031", all_alike},
      {"50 guesses of a password", "slowed down after ten", passwords},
      {"50 guesses of a secret", "slowed down after a few", guesses},
      {"what the log says of all that", "no secret in the log",
       [](Stage& stage) {
         const std::string secret = invite(stage, {});
         (void)redeem(stage, stage.workspace(), secret, "a password");
         const std::string log = stage.server().log();
         for (const std::string& word : {secret, kGuess, std::string("a password")}) {
           if (log.find(word) != std::string::npos) return std::string("a secret in the log");
         }
         return std::string(secret.empty() ? "no invite" : "no secret in the log");
       }},
  };
  return scene;
}

}  // namespace plait::attack
