#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/server/limits.h"
#include "protocol/base/bytes.h"
#include "protocol/wire/awareness.h"
#include "protocol/wire/message.h"
#include "tests/attack/attack.h"

namespace plait::attack {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kAnn = 1000;
constexpr std::uint64_t kEve = 2000;

void points(Visitor& visitor, std::uint64_t client, std::uint64_t clock,
            std::string_view json) {
  ByteWriter states;
  wire::encode_awareness({{client, clock, json}}, states);
  visitor.says_message(wire::Awareness{states.view()});
}

/// Ann watches what Eve does.
struct Watch {
  explicit Watch(Stage& stage)
      : room(stage.new_room()),
        ann(stage.editor(room, "ann", kAnn)),
        eve(stage.visitor(room, "eve")) {
    points(ann.visitor(), kAnn, 1, R"({"cursor":1})");
    ready = ann.joins() && eve != nullptr && sees(kAnn, "\"cursor\":1");
  }

  /// Listens until somebody's state says this.
  bool sees(std::uint64_t client, std::string_view words, milliseconds patience = kPatience) {
    const auto end = steady_clock::now() + patience;
    while (state_of(client).find(words) == std::string::npos) {
      if (steady_clock::now() > end) return false;
      ann.listens(milliseconds{50});
    }
    return true;
  }
  /// The newest that was heard of somebody.
  std::string state_of(std::uint64_t client) {
    std::string newest;
    for (const std::string& message : ann.presences()) {
      const auto states = wire::decode_awareness(message);
      if (!states) continue;
      for (const wire::AwarenessState& state : *states) {
        if (state.client == client) newest = state.json;
      }
    }
    return newest;
  }

  std::string room;
  Editor ann;
  std::unique_ptr<Visitor> eve;
  bool ready = false;
};

template <class Do>
Attack watched(std::string name, std::string expected, Do act) {
  return {std::move(name), std::move(expected), [act](Stage& stage) {
            Watch watch(stage);
            return watch.ready ? act(watch) : std::string("the room did not come to be");
          }};
}

std::string forged_name(Watch& watch) {
  points(*watch.eve, kEve, 1,
         R"({"user":{"name":"The boss","color":"#000000","role":"owner"},"cursor":7,"x":"y"})");
  if (!watch.sees(kEve, "\"cursor\":7")) return "not passed on at all";
  const std::string state = watch.state_of(kEve);
  const bool forged = state.find("boss") != std::string::npos ||
                      state.find("owner") != std::string::npos ||
                      state.find("\"x\"") != std::string::npos;
  return forged ? "passed on: " + state : "name, colour and role by her login";
}

std::string for_another(Watch& watch) {
  points(*watch.eve, kAnn, 1000, R"({"cursor":666})");
  points(*watch.eve, kAnn, 2000, "null");
  points(*watch.eve, kEve, 1, R"({"cursor":8})");
  if (!watch.sees(kEve, "\"cursor\":8")) return "not passed on at all";
  const std::string state = watch.state_of(kAnn);
  return state.find("666") == std::string::npos && state != "null" ? "passed over" : state;
}

std::string too_long(Watch& watch) {
  const std::string most =
      R"({"cursor":")" + std::string(server::kMaxPresenceBytes - 13, 'a') + "\"}";
  points(*watch.eve, kEve, 1, most);
  if (!watch.sees(kEve, "aaaa")) return "1 KiB was not passed on";
  const std::string more =
      R"({"cursor":")" + std::string(server::kMaxPresenceBytes - 12, 'b') + "\"}";
  points(*watch.eve, kEve, 2, more);
  points(*watch.eve, kEve, 3, R"({"cursor":"end"})");
  if (!watch.sees(kEve, "end")) return "nothing more was passed on";
  for (const std::string& message : watch.ann.presences()) {
    if (message.find("bbbb") != std::string::npos) return "passed on";
  }
  return "passed over";
}

std::string too_often(Watch& watch) {
  const auto start = steady_clock::now();
  const std::size_t before = watch.ann.presences().size();
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    points(*watch.eve, kEve, i, R"({"cursor":)" + std::to_string(i) + "}");
  }
  if (!watch.sees(kEve, "\"cursor\":5000")) return "the newest was not passed on";
  const auto took = steady_clock::now() - start;
  const auto most = static_cast<std::size_t>(took / server::kPresencePause) + 2;
  const std::size_t count = watch.ann.presences().size() - before;
  return count <= most ? "at most 20 a second were passed on"
                       : std::to_string(count) + " were passed on";
}

std::string no_json(Watch& watch) {
  points(*watch.eve, kEve, 1, "{\"cursor\":");
  return watch.eve->ending();
}

std::string many_states(Watch& watch) {
  std::vector<wire::AwarenessState> states;
  for (std::uint64_t i = 0; i <= wire::kMaxAwarenessStates; ++i) {
    states.push_back({kEve + i, 1, "{}"});
  }
  ByteWriter bytes;
  wire::encode_awareness(states, bytes);
  watch.eve->says_message(wire::Awareness{bytes.view()});
  return watch.eve->ending();
}

std::string several_selves(Watch& watch) {
  for (std::uint64_t i = 0; i < 100; ++i) {
    points(*watch.eve, kEve + i, 1, R"({"cursor":1})");
  }
  points(*watch.eve, kEve, 2, R"({"cursor":2})");
  if (!watch.sees(kEve, "\"cursor\":2")) return "not passed on at all";
  return watch.state_of(kEve + 1).empty() ? "one for each connection" : "passed on";
}

}  // namespace

Scene presence_attacks() {
  Scene scene{.title = "Presence", .stage = Stage::Kind::Team, .attacks = {}};
  scene.attacks = {
      watched("another's name, colour and role", "name, colour and role by her login",
              forged_name),
      watched("speaking for somebody else, and saying that he has gone", "passed over",
              for_another),
      watched("a presence of 1 KiB and a byte", "passed over", too_long),
      watched("5,000 presences at once", "at most 20 a second were passed on", too_often),
      watched("a presence that is not JSON", "1008", no_json),
      watched("4,097 presences in one message", "1008", many_states),
      watched("a hundred presences of one connection", "one for each connection",
              several_selves),
  };
  return scene;
}

}  // namespace plait::attack
