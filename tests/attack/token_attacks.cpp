#include <chrono>
#include <string>
#include <utility>

#include "tests/attack/attack.h"
#include "tests/attack/forged_token.h"

namespace plait::attack {
namespace {

/// How somebody with this token is answered.
std::string knock_with(Stage& stage, const std::string& token) {
  Visitor visitor(stage.server().line());
  const std::string path = "/yjs/" + stage.workspace() + "/file?token=" + token;
  const int status = visitor.knocks({.path = path});
  if (status == 101) return "let in";
  return "HTTP " + std::to_string(status) + ' ' + visitor.answer_body();
}

/// All of them are refused in the same words.
constexpr const char* kRefusal = "HTTP 403 the token is not valid\n";

template <class Change>
Attack token(std::string name, std::string expected, Change change) {
  return {std::move(name), std::move(expected), [change](Stage& stage) {
            ForgedToken made(stage.server(), stage.token("eve", "editor"));
            change(made);
            return knock_with(stage, made.text());
          }};
}

}  // namespace

Scene token_attacks() {
  using std::chrono::hours;
  using std::chrono::seconds;
  Scene scene{.title = "Tokens", .stage = Stage::Kind::Team, .attacks = {}};
  scene.attacks = {
      token("a good token", "let in", [](ForgedToken&) {}),
      {"no token", kRefusal, [](Stage& stage) { return knock_with(stage, ""); }},
      {"a token of 2 KiB", kRefusal,
       [](Stage& stage) { return knock_with(stage, std::string(2048, 'x')); }},
      token("the algorithm none, and no signature", kRefusal,
            [](ForgedToken& token) {
              token.header = R"({"alg":"none","typ":"JWT"})";
              token.signature = "";
            }),
      token("the algorithm HS256, with the right signature", kRefusal,
            [](ForgedToken& token) { token.header = R"({"alg":"HS256","typ":"JWT"})"; }),
      token("a key of the token's own in its header", kRefusal,
            [](ForgedToken& token) {
              token.header = R"({"alg":"EdDSA","typ":"JWT","jwk":{"kty":"OKP"}})";
              token.other_key = true;
            }),
      token("signed with another key", kRefusal,
            [](ForgedToken& token) { token.other_key = true; }),
      token("a signature of zeros", kRefusal,
            [](ForgedToken& token) { token.signature = std::string(86, 'A'); }),
      token("another issuer", kRefusal, [](ForgedToken& token) { token.realm.issuer = "me"; }),
      token("for another audience", kRefusal,
            [](ForgedToken& token) { token.realm.audience = "plait-elsewhere"; }),
      token("expired a second ago", kRefusal,
            [](ForgedToken& token) {
              token.claims.not_before -= hours{1};
              token.claims.expires = token.claims.not_before + hours{1} - seconds{1};
            }),
      token("valid from tomorrow on", kRefusal,
            [](ForgedToken& token) {
              token.claims.not_before += hours{24};
              token.claims.expires += hours{24};
            }),
      token("valid for a day and a second", kRefusal,
            [](ForgedToken& token) {
              token.claims.expires = token.claims.not_before + hours{24} + seconds{1};
            }),
      token("for a role that does not exist", kRefusal,
            [](ForgedToken& token) { token.claims.role = "admin"; }),
      token("for another workspace", "HTTP 403 ",
            [](ForgedToken& token) { token.claims.workspace = "another"; }),
      {"a cookie instead of a token", kRefusal,
       [](Stage& stage) {
         Visitor visitor(stage.server().line());
         const std::string good = stage.token("eve", "editor");
         const int status = visitor.knocks(
             {.path = "/yjs/" + stage.workspace() + "/file",
              .more_lines = {"Cookie: token=" + good, "Authorization: Bearer " + good}});
         return "HTTP " + std::to_string(status) + ' ' + visitor.answer_body();
       }},
      {"fifty wrong tokens, and what the log says of them", "no token in the log",
       [](Stage& stage) {
         const std::string good = stage.token("eve", "editor");
         knock_with(stage, good.substr(0, good.size() - 2));
         for (int i = 0; i < 50; ++i) knock_with(stage, "secret-token");
         const std::string log = stage.server().log();
         const bool leaked = log.find("secret-token") != std::string::npos ||
                             log.find(good.substr(0, 80)) != std::string::npos;
         return std::string(leaked ? "a token in the log" : "no token in the log");
       }},
  };
  return scene;
}

}  // namespace plait::attack
