#include <string>
#include <utility>

#include "daemon/net/channel.h"
#include "daemon/net/websocket_codec.h"
#include "tests/attack/attack.h"

namespace plait::attack {
namespace {

using net::Opcode;

/// Somebody who was let in does something, and this is how it ends.
template <class Do>
Attack frames(std::string name, std::string expected, Do act) {
  return {std::move(name), std::move(expected), [act](Stage& stage) {
            const auto visitor = stage.visitor(stage.new_room(), "eve");
            if (visitor == nullptr) return std::string("not let in");
            act(*visitor);
            return visitor->ending();
          }};
}

Attack frame(std::string name, std::string expected, RawFrame how, std::string payload) {
  return frames(
      std::move(name), std::move(expected),
      [how, payload = std::move(payload)](Visitor& eve) { eve.says_frame(how, payload); });
}

/// A message in so many fragments, which asks what there is, and gets an answer.
std::string fragments(Stage& stage, std::size_t count) {
  const auto visitor = stage.visitor(stage.new_room(), "eve");
  if (visitor == nullptr) return "not let in";
  const std::string_view question("\0\0\1\0", 4);  // sync, step 1, one byte: nothing
  for (std::size_t i = 0; i < count; ++i) {
    const RawFrame how{.opcode = i == 0 ? Opcode::Binary : Opcode::Continuation,
                       .final = i + 1 == count};
    visitor->says_frame(how, i < question.size() ? question.substr(i, 1) : std::string_view());
  }
  visitor->next_message();  // its own question comes first
  return visitor->next_message() ? "answered" : visitor->ending();
}

}  // namespace

Scene frame_attacks() {
  Scene scene{.title = "Frames", .stage = Stage::Kind::Open, .attacks = {}};
  const std::string mebibyte(net::kMaxFrameBytes, '\0');
  scene.attacks = {
      frame("a frame that is not masked", "1002", {.masked = false}, "x"),
      frame("the bit of a compression that was not agreed on", "1002", {.reserved_bits = 0x40},
            "x"),
      frame("an opcode that means nothing", "1002", {.opcode = Opcode{3}}, "x"),
      frame("a frame of 1 MiB and a byte, announced and not sent", "1009",
            {.claimed_length = net::kMaxFrameBytes + 1}, {}),
      frame("a frame of 2^62 bytes, announced and not sent", "1009",
            {.claimed_length = std::uint64_t{1} << 62}, {}),
      frame("a frame of 2^63 bytes", "1002", {.claimed_length = std::uint64_t{1} << 63}, {}),
      frames("a message of 4 MiB and a byte, in fragments", "1009",
             [mebibyte](Visitor& eve) {
               for (std::size_t i = 0; i < net::kMaxMessageBytes / mebibyte.size(); ++i) {
                 const Opcode opcode = i == 0 ? Opcode::Binary : Opcode::Continuation;
                 eve.says_frame({.opcode = opcode, .final = false}, mebibyte);
               }
               eve.says_frame({.opcode = Opcode::Continuation}, "x");
             }),
      {"a message in 128 fragments", "answered",
       [](Stage& stage) { return fragments(stage, net::kMaxFragments); }},
      {"a message in 129 fragments", "1009",
       [](Stage& stage) { return fragments(stage, net::kMaxFragments + 1); }},
      frame("a continuation of nothing", "1002", {.opcode = Opcode::Continuation}, "x"),
      frames("a message inside of another", "1002",
             [](Visitor& eve) {
               eve.says_frame({.final = false}, "x");
               eve.says_frame({}, "x");
             }),
      frame("a text that is not UTF-8", "1007", {.opcode = Opcode::Text}, "\xC0\x80"),
      frame("a text, where messages are binary", "1003", {.opcode = Opcode::Text}, "hello"),
      frame("a ping in two pieces", "1002", {.opcode = Opcode::Ping, .final = false}, "x"),
      frame("a ping of 126 bytes", "1002", {.opcode = Opcode::Ping}, std::string(126, 'x')),
      frame("a close code that nobody may send", "1002", {.opcode = Opcode::Close},
            std::string("\x03\xED", 2)),
      frame("a reason for closing that is not UTF-8", "1007", {.opcode = Opcode::Close},
            std::string("\x03\xE8\xFF", 3)),
      frame("a message that is none of y-protocols", "1008", {}, "\x63"),
      frame("no message at all", "1008", {}, {}),
      frame("a message with a number written long", "1008", {},
            std::string("\x80\x00\x00\x01\x00", 5)),
      frame("a state vector that is none", "1008", {}, std::string("\x00\x00\x01\xFF", 4)),
  };
  return scene;
}

}  // namespace plait::attack
