#include <chrono>
#include <string>
#include <thread>

#include "tests/attack/attack.h"
#include "tests/attack/caller.h"

namespace plait::attack {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// So long an attacker goes on. A busy machine may be late with a deadline; one that what is
/// said refreshes never comes.
constexpr seconds kEndurance{60};

/// Deadlines are looked at once a second, so one of ten seconds never comes before nine.
std::string when(steady_clock::duration took) {
  if (took >= kEndurance) return " never";
  if (took < seconds{9}) return " after " + std::to_string(took / milliseconds{1}) + " ms";
  return " after 10 s";
}

/// Says a little every half second until the server has had enough.
template <class Say>
std::string drip(Line& line, Say say) {
  const auto start = steady_clock::now();
  while (!line.has_ended() && steady_clock::now() - start < kEndurance) {
    say();
    line.hear([] { return false; }, milliseconds{500});
  }
  const auto took = steady_clock::now() - start;
  const std::string how = line.heard().starts_with("HTTP/1.1 ")
                              ? "HTTP " + line.heard().substr(9, 3)
                              : std::string("cut off");
  return how + when(took);
}

}  // namespace

Scene deadline_attacks() {
  Scene scene{
      .title = "Deadlines", .stage = Stage::Kind::Team, .attacks = {}, .together = true};
  scene.attacks.push_back(
      {"a TLS handshake that goes on for ever, byte by byte", "cut off after 10 s",
       [](Stage& stage) {
         const auto line = stage.server().bare_line();
         // The head of a record that is to be 8 KiB long.
         line->say(std::string("\x16\x03\x01\x20\x00\x01\x00\x1f\xfc\x03\x03", 11));
         return drip(*line, [&] { line->say("x"); });
       }});
  scene.attacks.push_back(
      {"a connection on which nothing is said", "cut off after 10 s",
       [](Stage& stage) { return drip(*stage.server().bare_line(), [] {}); }});
  scene.attacks.push_back({"a login that never comes, and greetings all the time",
                           "4401 after 10 s", [](Stage& stage) {
                             Caller caller(stage);
                             const auto start = steady_clock::now();
                             while (caller.greets() &&
                                    steady_clock::now() - start < kEndurance) {
                               std::this_thread::sleep_for(milliseconds{200});
                             }
                             const auto took = steady_clock::now() - start;
                             return caller.visitor().ending().substr(0, 4) + when(took);
                           }});
  scene.attacks.push_back({"a request that goes on for ever, line by line",
                           "HTTP 408 after 10 s", [](Stage& stage) {
                             const auto line = stage.server().line();
                             line->say("GET /yjs/garden HTTP/1.1\r\n");
                             return drip(*line, [&] { line->say("a: b\r\n"); });
                           }});
  scene.attacks.push_back({"no request at all", "HTTP 408 after 10 s",
                           [](Stage& stage) { return drip(*stage.server().line(), [] {}); }});
  scene.attacks.push_back(
      {"who was refused and does not hang up", "HTTP 400 after 10 s", [](Stage& stage) {
         const auto line = stage.server().line();
         line->say("nonsense\r\n\r\n");
         const auto start = steady_clock::now();
         // The server says that it is done at once; it waits for us to be done as well.
         while (line->say("x") && steady_clock::now() - start < kEndurance) {
           std::this_thread::sleep_for(milliseconds{200});
         }
         const auto took = steady_clock::now() - start;
         return "HTTP " + line->heard().substr(9, 3) + when(took);
       }});
  return scene;
}

}  // namespace plait::attack
