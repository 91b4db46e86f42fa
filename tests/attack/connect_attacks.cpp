#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/messages/connect/limits.h"
#include "protocol/wire/channel_frame.h"
#include "protocol/wire/message.h"
#include "tests/attack/attack.h"
#include "tests/attack/caller.h"
#include "tests/attack/json_text.h"
#include "tests/unit/crdt/update_builder.h"

namespace plait::attack {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kLoginBytes = messages::connect::kMaxLoginMessageBytes;

/// A message of so many bytes, which is not understood.
std::string of_size(std::size_t bytes) {
  std::string message = R"({"jsonrpc":"2.0","id":1,"method":")";
  const std::string_view end = R"("})";
  message.append(bytes - message.size() - end.size(), 'x');
  return message.append(end);
}

template <class Do>
Attack calls(std::string name, std::string expected, Do act) {
  return {std::move(name), std::move(expected), [act](Stage& stage) {
            Caller caller(stage);
            std::string refusal = act(stage, caller);
            return refusal;
          }};
}

/// Says one text message that is no good one; the code of the error that comes back.
Attack text(std::string name, std::string expected, std::string message) {
  return calls(std::move(name), std::move(expected),
               [message = std::move(message)](Stage&, Caller& caller) {
                 caller.visitor().says_text(message);
                 const auto answer = caller.visitor().next_message();
                 return answer ? field_of(*answer, "code") : caller.visitor().ending();
               });
}

/// The signature was made for another channel, as by a server that passes on what it got.
std::string relayed_login(Stage& stage, Caller& caller) {
  Caller other(stage);
  if (!caller.greets() || !other.greets()) return "no greeting";
  crypto::LoginChallenge challenge = caller.challenge();
  challenge.channel = other.challenge().channel;
  return caller.tries("login/key", Caller::login_params(new_device(), challenge));
}

/// The signature was made for a server that people call by another name.
std::string login_elsewhere(Stage& /*stage*/, Caller& caller) {
  if (!caller.greets()) return "no greeting";
  crypto::LoginChallenge challenge = caller.challenge();
  challenge.channel.host = "evil.example";
  return caller.tries("login/key", Caller::login_params(new_device(), challenge));
}

std::string login_again(Stage& stage, Caller& caller) {
  const crypto::DeviceKey device = new_device();
  if (!caller.greets()) return "no greeting";
  const std::string params = Caller::login_params(device, caller.challenge());
  Caller later(stage);
  if (caller.tries("login/key", params) != "ok" || !later.greets()) return "no login";
  return later.tries("login/key", params);
}

/// The nonce is used up by an attempt that failed.
std::string nonce_again(Stage& /*stage*/, Caller& caller) {
  const crypto::DeviceKey device = new_device();
  if (!caller.greets()) return "no greeting";
  const crypto::LoginChallenge challenge = caller.challenge();
  crypto::LoginChallenge wrong = challenge;
  wrong.server_id += "x";
  if (caller.tries("login/key", Caller::login_params(device, wrong)) != "-32030") return "?";
  return caller.tries("login/key", Caller::login_params(device, challenge));
}

std::string guesses(Stage& /*stage*/, Caller& caller) {
  std::string last;
  for (int i = 0; i < 5 && last.size() <= 6; ++i) {
    caller.greets();
    last = caller.tries("login/token", R"({"token":"guess"})");
  }
  return last.size() <= 6 ? "still open after five" : last;
}

std::string too_early(Stage& stage, Caller& caller) {
  std::string codes;
  const std::string open = R"({"workspaceId":")" + stage.workspace() + "\"}";
  for (const char* method : {"workspace/open", "member/list", "document/open"}) {
    codes += caller.tries(method, open) + ' ';
  }
  caller.greets();
  codes += caller.tries("workspace/open", open) + ' ';
  if (!caller.logs_in(new_device())) return "no login";
  return codes + caller.tries("member/list");
}

/// Logged in, and into the workspace.
bool enters(Stage& stage, Caller& caller, const std::string& name, const std::string& role) {
  return caller.logs_in(stage.token(name, role)) && caller.opens(stage.workspace());
}

std::string frame(const std::string& channel, std::string_view update) {
  ByteWriter bytes;
  wire::encode_frame(wire::Channel{static_cast<std::uint32_t>(std::stoul(channel))},
                     wire::SyncUpdate{update}, bytes);
  return bytes.str();
}

/// Says an update in a document, and how it was refused.
std::string refusal_of(Caller& caller, const std::string& document, std::string_view update) {
  const std::string channel = caller.opens_document(document);
  if (channel.empty()) return "not opened";
  caller.visitor().says(frame(channel, update));
  while (auto message = caller.visitor().next_message()) {
    if (message->find("document/refused") == std::string::npos) continue;
    return "refused, rule " + field_of(*message, "rule");
  }
  return caller.visitor().ending();
}

std::string viewer_writes(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "vic", "viewer")) return "not let in";
  return refusal_of(caller, "f-1", crdt::UpdateBuilder().by(1, 0).text("x").str());
}

std::string no_lease(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  // Nobody has leased it, so it is nobody's.
  constexpr std::uint64_t kLeased = std::uint64_t{1} << 32;
  return refusal_of(caller, "f-2", crdt::UpdateBuilder().by(kLeased + 77, 0).text("x").str());
}

std::string owners_only(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  std::string codes;
  for (const auto& [method, params] : std::vector<std::pair<std::string, std::string>>{
           {"invite/create", R"({"role":"owner"})"},
           {"invite/list", "{}"},
           {"audit/list", "{}"},
           {"member/setRole", R"({"userId":"x","role":"owner"})"},
           {"member/revoke", R"({"userId":"x"})"},
           {"member/transfer", R"({"userId":"x"})"}}) {
    codes += caller.tries(method, params) + ' ';
  }
  return codes;
}

std::string another_workspace(Stage& stage, Caller& caller) {
  const auto made = stage.admin({"--json", "create-workspace", "others"});
  if (!made || !caller.logs_in(new_device())) return "no login";
  const std::string there = field_of(*made, "id");
  const std::string known =
      caller.asks("workspace/open", R"({"workspaceId":")" + there + "\"}");
  const std::string unknown =
      caller.asks("workspace/open", R"({"workspaceId":"w-0123456789abcdef"})");
  if (field_of(known, "message") != field_of(unknown, "message")) return "another answer";
  return field_of(known, "code") + ", as for one that does not exist";
}

/// How long it takes until somebody who is removed is out.
std::string removed(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "mal", "editor")) return "not let in";
  const auto provider = stage.visitor(stage.new_room(), "mal");
  if (provider == nullptr) return "not let in at /yjs/";
  const auto start = steady_clock::now();
  if (!stage.admin({"revoke", stage.workspace(), "mal the editor"})) return "not removed";
  const std::string ends =
      caller.visitor().ending().substr(0, 4) + " and " + provider->ending().substr(0, 4);
  const bool soon = steady_clock::now() - start < std::chrono::seconds{5};
  Visitor again(stage.server().line());
  const int status = again.knocks(stage.knock("room", "mal"));
  return ends + (soon ? " at once" : " late") + ", then HTTP " + std::to_string(status);
}

std::string binary_noise(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  caller.visitor().says(std::string("\x80\x00\x00\x00", 4));
  return caller.visitor().ending();
}

std::string chat_flood(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  const std::string text(8000, 'x');
  int last = 0;
  for (int i = 0; i < 300; ++i) {
    last = caller.sends("chat/send",
                        R"({"id":"m-)" + std::to_string(i) + R"(","text":")" + text + "\"}");
  }
  const std::string answer = caller.answer_to(last);
  return answer.empty() ? caller.visitor().ending() : field_of(answer, "code");
}

/// What the last is answered of 2,000 that were asked at once.
std::string question_flood(Stage& stage, Caller& caller, std::string_view method,
                           std::string_view params) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  int last = 0;
  for (int i = 0; i < 2000; ++i) last = caller.sends(method, params);
  const std::string answer = caller.answer_to(last);
  return answer.empty() ? caller.visitor().ending() : field_of(answer, "code");
}

std::string search_flood(Stage& stage, Caller& caller) {
  return question_flood(stage, caller, "chat/search", R"({"query":"x"})");
}

std::string list_flood(Stage& stage, Caller& caller) {
  return question_flood(stage, caller, "document/list", "{}");
}

std::string presence_flood(Stage& stage, Caller& caller) {
  Caller watcher(stage);
  if (!enters(stage, watcher, "ann", "editor") || !enters(stage, caller, "eve", "editor")) {
    return "not let in";
  }
  const auto start = steady_clock::now();
  for (int i = 1; i <= 900; ++i) {
    const char* typing = i == 900 ? "true" : "false";
    const char* activity = i % 2 == 0 ? "active" : "idle";
    caller.visitor().says_text(
        std::string(R"({"jsonrpc":"2.0","method":"presence/update","params":{"activity":")") +
        activity + R"(","typing":)" + typing + R"(,"selections":[]}})");
  }
  std::size_t heard = 0;
  for (;;) {
    const auto message = watcher.visitor().next_message();
    if (!message) return "the newest was not passed on";
    if (message->find("presence/changed") == std::string::npos) continue;
    ++heard;
    if (message->find("\"typing\":true") != std::string::npos) break;
  }
  const auto most = static_cast<std::size_t>((steady_clock::now() - start) / milliseconds{50});
  return heard <= most + 4 ? "at most 20 a second were passed on"
                           : std::to_string(heard) + " were passed on";
}

std::string many_documents(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  int last = 0;
  for (int i = 0; i < 1100; ++i) {
    last = caller.sends("document/open", R"({"document":"many-)" + std::to_string(i) + "\"}");
  }
  const std::string answer = caller.answer_to(last);
  return answer.empty() ? caller.visitor().ending() : field_of(answer, "code");
}

std::string blob_without_end(Stage& stage, Caller& caller) {
  if (!enters(stage, caller, "eve", "editor")) return "not let in";
  const std::string hash(64, 'a');
  return caller.tries("blob/put", R"({"sha256":")" + hash + R"(","size":)" +
                                      std::to_string(messages::connect::kMaxBlobBytes + 1) +
                                      '}');
}

}  // namespace

Scene connect_attacks() {
  Scene scene{
      .title = "Before the login, and after", .stage = Stage::Kind::Team, .attacks = {}};
  const std::string deep = R"({"jsonrpc":"2.0","id":1,"method":"hello","params":)" +
                           std::string(3000, '[') + std::string(3000, ']') + '}';
  scene.attacks = {
      text("a message of 8 KiB", "-3260", of_size(kLoginBytes)),
      text("a message of 8 KiB and a byte", "1009", of_size(kLoginBytes + 1)),
      text("arrays in arrays, 3,000 deep", "-32700", deep),
      text("a member twice", "-32700", R"({"jsonrpc":"2.0","id":1,"id":2,"method":"hello"})"),
      text("half a surrogate pair", "-32700", R"({"jsonrpc":"2.0","id":1,"method":"\ud800"})"),
      text("several messages in one", "-32600", R"([{"jsonrpc":"2.0","id":1,"method":"a"}])"),
      calls("everything before its time", "-32002 -32002 -32002 -32002 -32002", too_early),
      calls("a login that was made for another channel", "-32030", relayed_login),
      calls("a login that was made for a server of another name", "-32030", login_elsewhere),
      calls("a login that was overheard", "-32030", login_again),
      calls("a nonce for a second attempt", "-32030", nonce_again),
      calls("guessing, again and again", "4401", guesses),
      calls("a workspace of others", "-320", another_workspace),
      calls("a viewer writes", "refused, rule role", viewer_writes),
      calls("writing under an id that nobody leased", "refused, rule lease", no_lease),
      calls("an editor does what owners do", "-32040 -32040 -32040 -32040 -32040 -32040",
            owners_only),
      calls("a member who is removed stays", "4403 and 4403 at once, then HTTP 403", removed),
      calls("a binary frame with its channel written long", "1002", binary_noise),
      calls("2,000 searches at once", "-32044", search_flood),
      calls("2,000 lists of documents at once", "-32044", list_flood),
      calls("300 chat messages at once", "-32044", chat_flood),
      calls("900 presences at once", "at most 20 a second were passed on", presence_flood),
      calls("1,100 documents at once", "-3204", many_documents),
      calls("a blob of 32 MiB and a byte", "-32602", blob_without_end),
  };
  return scene;
}

}  // namespace plait::attack
