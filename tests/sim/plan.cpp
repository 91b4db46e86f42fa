#include "tests/sim/plan.h"

#include <array>

namespace plait::sim {
namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

/// How often each comes, of a thousand steps; the rest is typing.
struct Often {
  Kind kind;
  std::size_t in_a_thousand;
};
constexpr std::array<Often, 17> kOften = {{{Kind::Paste, 20},
                                           {Kind::Erase, 170},
                                           {Kind::Burst, 2},
                                           {Kind::Cut, 50},
                                           {Kind::HalfOpen, 15},
                                           {Kind::Stall, 20},
                                           {Kind::Jam, 30},
                                           {Kind::AskAgain, 20},
                                           {Kind::Attack, 60},
                                           {Kind::LoseReplica, 8},
                                           {Kind::Crash, 30},
                                           {Kind::Drain, 8},
                                           {Kind::SlowDisk, 15},
                                           {Kind::FailCommit, 12},
                                           {Kind::TryAgain, 40},
                                           {Kind::Demote, 4},
                                           {Kind::Revoke, 3}}};

Kind some_kind(Chance& chance) {
  std::size_t drawn = chance.below(1000);
  for (const Often& often : kOften) {
    if (drawn < often.in_a_thousand) return often.kind;
    drawn -= often.in_a_thousand;
  }
  return Kind::Type;
}

/// How long it takes to the next step: at times nothing, at times until rooms are forgotten.
microseconds some_pause(Chance& chance) {
  if (chance.one_in(60)) return chance.between(20s, 90s);
  if (chance.one_in(8)) return chance.between(500ms, 4s);
  if (chance.one_in(3)) return 0us;
  return chance.between(0us, 60ms);
}

Role some_role(Chance& chance, const Plan& plan, std::size_t index) {
  Role role;
  role.document = index < plan.documents ? index : chance.below(plan.documents);
  role.speaks_plait = !plan.open && !chance.one_in(3);
  if (index < plan.documents) return role;  // each document has an editor
  if (chance.one_in(5)) role.part = Part::Enemy;
  if (!plan.open && chance.one_in(5)) role.part = Part::Viewer;
  return role;
}

}  // namespace

Plan make_plan(std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  Chance chance(seed);
  plan.open = chance.one_in(3);
  plan.documents = chance.one_in(3) ? 2 : 1;
  const std::size_t actors = plan.documents + 1 + chance.below(4);
  for (std::size_t i = 0; i < actors; ++i) plan.cast.push_back(some_role(chance, plan, i));

  static constexpr std::array<microseconds, 4> kDelays = {200us, 2ms, 30ms, 400ms};
  plan.weather.most = kDelays[chance.below(kDelays.size())];
  if (chance.one_in(4)) plan.weather.pressure = 5000;
  static constexpr std::array<microseconds, 4> kTurns = {1us, 50us, 1ms, 10ms};
  plan.turn = kTurns[chance.below(kTurns.size())];
  static constexpr std::array<microseconds, 4> kCommits = {100us, 2ms, 20ms, 300ms};
  plan.most_commit = kCommits[chance.below(kCommits.size())];

  const std::size_t steps = 20 + chance.below(100);
  microseconds at = 0us;
  for (std::size_t i = 0; i < steps; ++i) {
    at += some_pause(chance);
    plan.steps.push_back({at, some_kind(chance), chance.below(actors), chance.bits(), i});
  }
  return plan;
}

std::string_view name_of(Step::Kind kind) noexcept {
  switch (kind) {
    case Kind::Type: return "type";
    case Kind::Paste: return "paste";
    case Kind::Erase: return "erase";
    case Kind::Burst: return "burst";
    case Kind::Cut: return "cut";
    case Kind::HalfOpen: return "half open";
    case Kind::Stall: return "stall";
    case Kind::Jam: return "jam";
    case Kind::AskAgain: return "ask again";
    case Kind::Attack: return "attack";
    case Kind::LoseReplica: return "lose replica";
    case Kind::Crash: return "crash";
    case Kind::Drain: return "drain";
    case Kind::SlowDisk: return "slow disk";
    case Kind::FailCommit: return "fail commit";
    case Kind::TryAgain: return "try again";
    case Kind::Demote: return "demote";
    case Kind::Revoke: return "revoke";
  }
  return "?";
}

std::string describe(const Plan& plan) {
  std::string text = plan.open ? "rooms for everybody" : "a workspace";
  text += ", " + std::to_string(plan.documents) + " documents, delays up to " +
          std::to_string(plan.weather.most.count()) + " us, turns of " +
          std::to_string(plan.turn.count()) + " us, commits up to " +
          std::to_string(plan.most_commit.count()) + " us, pressure " +
          std::to_string(plan.weather.pressure) + "\n";
  for (std::size_t i = 0; i < plan.cast.size(); ++i) {
    const Role& role = plan.cast[i];
    text += "  " + std::to_string(i) + ": " +
            (role.part == Part::Editor   ? "editor"
             : role.part == Part::Viewer ? "viewer"
                                         : "enemy") +
            " of document " + std::to_string(role.document) +
            (role.speaks_plait ? ", Plait's program\n" : ", a Yjs provider\n");
  }
  for (const Step& step : plan.steps) {
    text += "  " + std::to_string(step.at.count()) + " us: " + std::string(name_of(step.kind)) +
            " " + std::to_string(step.actor) + "\n";
  }
  return text;
}

}  // namespace plait::sim
