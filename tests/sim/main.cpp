// plait_sim: plays seeds, each twice, on all processors.

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "daemon/support/log.h"
#include "tests/sim/judge.h"
#include "tests/sim/system/plan.h"
#include "tests/sim/system/system_world.h"
#include "tests/sim/world.h"

namespace {

using plait::sim::judge;
using plait::sim::keep_only;
using plait::sim::shrunk;

constexpr std::string_view kUsage =
    "usage: plait_sim [system|rough] [--seeds N] [--seed S] [--jobs J] [--steps A,B,…] "
    "[--trace]\n"
    "\n"
    "  system      whole systems, with daemons and editors; otherwise a server and its "
    "clients\n"
    "  rough       the same, with more that goes wrong: not all of it ends well\n"
    "  --seeds N   how many seeds (1)\n"
    "  --seed S    the first of them (1)\n"
    "  --jobs J    how many at the same time (one for each processor)\n"
    "  --steps …   only these steps of the first seed's plan, as printed when it failed\n"
    "  --trace     tells all that happens with the first seed, and plays no other\n";

struct Options {
  std::uint64_t seeds = 1;
  std::uint64_t first = 1;
  std::uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string_view world;  ///< empty: a server and its clients
  std::vector<std::size_t> steps;
  bool trace = false;
};

/// A world of one kind.
template <class P>
struct Kind {
  std::string_view name;  ///< as it is said on the command line
  P (*make_plan)(std::uint64_t seed);
};
constexpr Kind<plait::sim::Plan> kServerKind{"", plait::sim::make_plan};
constexpr Kind<plait::sim::system::Plan> kSystemKind{" system", plait::sim::system::make_plan};
constexpr Kind<plait::sim::system::Plan> kRoughKind{" rough",
                                                    plait::sim::system::make_rough_plan};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || end != text.end()) return std::nullopt;
  return number;
}

std::optional<std::vector<std::size_t>> parse_list(std::string_view text) {
  std::vector<std::size_t> numbers;
  for (;;) {
    const std::size_t comma = text.find(',');
    const auto number = parse_number(text.substr(0, comma));
    if (!number) return std::nullopt;
    numbers.push_back(static_cast<std::size_t>(*number));
    if (comma == std::string_view::npos) return numbers;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Options> parse(std::span<char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (i == 0 && (name == "system" || name == "rough")) {
      options.world = name;
      continue;
    }
    if (name == "--steps" && i + 1 < arguments.size()) {
      const auto steps = parse_list(arguments[++i]);
      if (!steps) return std::nullopt;
      options.steps = *steps;
      continue;
    }
    if (name == "--trace") {
      options.trace = true;
      continue;
    }
    std::uint64_t* const value = name == "--seeds"  ? &options.seeds
                                 : name == "--seed" ? &options.first
                                 : name == "--jobs" ? &options.jobs
                                                    : nullptr;
    if (value == nullptr || ++i == arguments.size()) return std::nullopt;
    const auto number = parse_number(arguments[i]);
    if (!number) return std::nullopt;
    *value = *number;
  }
  return options;
}

template <class P>
P planned(const Kind<P>& kind, std::uint64_t seed, const Options& options) {
  P plan = kind.make_plan(seed);
  keep_only(plan, options.steps);
  return plan;
}

/// Tells what happens, with the plan before it.
template <class P>
bool play_aloud(const P& plan) {
  std::fputs(describe(plan).c_str(), stdout);
  const auto outcome = play(plan, /*aloud=*/true);
  std::puts(outcome.problem ? outcome.problem->c_str() : "nothing is wrong");
  return !outcome.problem;
}

template <class P>
void tell(const Kind<P>& kind, const P& plan, const std::string& problem) {
  const P smaller = shrunk(plan);
  std::string steps;
  for (const auto& step : smaller.steps) {
    steps += (steps.empty() ? " --steps " : ",") + std::to_string(step.number);
  }
  const std::string again =
      "plait_sim" + std::string(kind.name) + " --seed " + std::to_string(plan.seed);
  std::printf(
      "seed %llu: %s\n  again: %s --trace\n  with %zu of %zu steps: %s --trace\n  %s\n%s",
      static_cast<unsigned long long>(plan.seed), problem.c_str(), again.c_str(),
      smaller.steps.size(), plan.steps.size(), (again + steps).c_str(),
      judge(smaller).value_or("?").c_str(), describe(smaller).c_str());
  std::fflush(stdout);
}

/// How many seeds failed.
template <class P>
std::uint64_t play_all(const Kind<P>& kind, const Options& options) {
  constexpr std::uint64_t kTold = 5;  // of those that fail; shrinking takes time
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> failed{0};
  std::mutex mouth;
  const auto work = [&] {
    for (std::uint64_t i = next++; i < options.seeds; i = next++) {
      const P plan = planned(kind, options.first + i, options);
      const auto problem = judge(plan);
      if (!problem) continue;
      const std::uint64_t before = failed++;
      const std::scoped_lock lock(mouth);
      if (before < kTold) {
        tell(kind, plan, *problem);
      } else {
        std::printf("seed %llu: %s\n", static_cast<unsigned long long>(plan.seed),
                    problem->c_str());
      }
    }
  };
  std::vector<std::jthread> workers;
  for (std::uint64_t i = 0; i < options.jobs; ++i) workers.emplace_back(work);
  workers.clear();
  return failed;
}

template <class P>
int run(const Kind<P>& kind, const Options& options) {
  if (options.trace) return play_aloud(planned(kind, options.first, options)) ? 0 : 1;
  // Disks fail by the thousand, and servers say so.
  plait::log::set_level(plait::log::Level::Off);
  const std::uint64_t failed = play_all(kind, options);
  std::printf("%llu passed, %llu failed\n",
              static_cast<unsigned long long>(options.seeds - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
  if (!options) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  if (options->world.empty()) return run(kServerKind, *options);
  return run(options->world == "system" ? kSystemKind : kRoughKind, *options);
}
