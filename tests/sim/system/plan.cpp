#include "tests/sim/system/plan.h"

#include <algorithm>
#include <array>
#include <optional>

namespace plait::sim::system {
namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

/// How often each comes, of a thousand steps; the rest is typing.
struct Often {
  Kind kind;
  std::size_t in_a_thousand;
};
constexpr std::array kOften = {
    Often{Kind::Erase, 110},   Often{Kind::Paste, 15},      Often{Kind::Undo, 25},
    Often{Kind::Redo, 10},     Often{Kind::Open, 50},       Often{Kind::Save, 60},
    Often{Kind::Close, 40},    Often{Kind::Bug, 20},        Often{Kind::Change, 90},
    Often{Kind::Create, 20},   Often{Kind::Delete, 10},     Often{Kind::Cut, 30},
    Often{Kind::HalfOpen, 10}, Often{Kind::Jam, 20},        Often{Kind::PowerCut, 25},
    Often{Kind::SlowDisk, 15}, Often{Kind::StepClock, 10},  Often{Kind::CrashServer, 15},
    Often{Kind::Drain, 5},     Often{Kind::SlowServer, 10},
};
/// The same, of a rough plan.
constexpr std::array kRoughOften = {Often{Kind::Rename, 20}, Often{Kind::Crash, 25},
                                    Often{Kind::FullDisk, 10}, Often{Kind::FailCommit, 10}};

Kind some_kind(Chance& chance, bool is_rough) {
  std::size_t drawn = chance.below(1000);
  std::optional<Kind> kind;
  const auto draw = [&](const auto& all) {
    for (const Often& often : all) {
      if (kind) return;
      if (drawn < often.in_a_thousand) kind = often.kind;
      drawn -= std::min(drawn, often.in_a_thousand);
    }
  };
  draw(kOften);
  if (is_rough) draw(kRoughOften);
  return kind.value_or(Kind::Type);
}

/// How long it takes to the next step: at times nothing, at times until files are written.
microseconds some_pause(Chance& chance) {
  if (chance.one_in(12)) return chance.between(500ms, 4s);
  if (chance.one_in(3)) return 0us;
  return chance.between(0us, 100ms);
}

Plan plan_of(std::uint64_t seed, bool is_rough) {
  Plan plan;
  plan.seed = seed;
  plan.is_rough = is_rough;
  Chance chance(seed);
  const std::size_t machines = chance.one_in(8) ? 4 + chance.below(3) : 2 + chance.below(2);
  for (std::size_t i = 0; i < machines; ++i) plan.editors.push_back(chance.one_in(3) ? 2 : 1);
  plan.files = 1 + chance.below(3);

  static constexpr std::array<microseconds, 4> kDelays = {200us, 2ms, 30ms, 300ms};
  plan.weather.most = kDelays[chance.below(kDelays.size())];
  static constexpr std::array<microseconds, 4> kTurns = {1us, 50us, 1ms, 5ms};
  plan.turn = kTurns[chance.below(kTurns.size())];
  static constexpr std::array<microseconds, 3> kCommits = {200us, 5ms, 100ms};
  plan.most_commit = kCommits[chance.below(kCommits.size())];
  static constexpr std::array<microseconds, 3> kOrders = {100us, 2ms, 10ms};
  plan.disk.slowest_order = kOrders[chance.below(kOrders.size())];
  static constexpr std::array<microseconds, 3> kEvents = {1ms, 20ms, 100ms};
  plan.disk.latest_event = kEvents[chance.below(kEvents.size())];
  if (chance.one_in(3)) plan.disk.loses_one_in = 1 + chance.below(8);

  const std::size_t steps = 10 + chance.below(50);
  microseconds at = 0us;
  for (std::size_t i = 0; i < steps; ++i) {
    at += some_pause(chance);
    plan.steps.push_back(
        {at, some_kind(chance, is_rough), chance.below(machines), chance.bits(), i});
  }
  return plan;
}

}  // namespace

Plan make_plan(std::uint64_t seed) { return plan_of(seed, /*is_rough=*/false); }
Plan make_rough_plan(std::uint64_t seed) { return plan_of(seed, /*is_rough=*/true); }

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::Type: return "type";
    case Kind::Erase: return "erase";
    case Kind::Paste: return "paste";
    case Kind::Undo: return "undo";
    case Kind::Redo: return "redo";
    case Kind::Open: return "open";
    case Kind::Save: return "save";
    case Kind::Close: return "close";
    case Kind::Bug: return "bug";
    case Kind::Change: return "change a file";
    case Kind::Create: return "create a file";
    case Kind::Rename: return "rename a file";
    case Kind::Delete: return "delete a file";
    case Kind::Cut: return "cut";
    case Kind::HalfOpen: return "half open";
    case Kind::Jam: return "jam";
    case Kind::Crash: return "crash";
    case Kind::PowerCut: return "power cut";
    case Kind::FullDisk: return "full disk";
    case Kind::SlowDisk: return "slow disk";
    case Kind::StepClock: return "step the clock";
    case Kind::CrashServer: return "crash the server";
    case Kind::Drain: return "drain the server";
    case Kind::SlowServer: return "slow server disk";
    case Kind::FailCommit: return "fail a commit";
  }
  return "?";
}

std::string describe(const Plan& plan) {
  const auto us = [](microseconds time) { return std::to_string(time.count()) + " us"; };
  std::string text = std::to_string(plan.editors.size()) + " machines, editors:";
  for (const std::size_t editors : plan.editors) text += " " + std::to_string(editors);
  text += ", " + std::to_string(plan.files) + " files, delays up to " + us(plan.weather.most) +
          ", turns of " + us(plan.turn) + ", commits up to " + us(plan.most_commit) +
          ", orders up to " + us(plan.disk.slowest_order) + ", events up to " +
          us(plan.disk.latest_event) + ", lost one in " +
          std::to_string(plan.disk.loses_one_in) + "\n";
  for (const Step& step : plan.steps) {
    text += "  " + std::to_string(step.number) + ": " + us(step.at) + ", " +
            std::string(name_of(step.kind)) + ", machine " + std::to_string(step.machine) +
            "\n";
  }
  return text;
}

}  // namespace plait::sim::system
