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
#include "tests/sim/world.h"

namespace {

using plait::sim::Plan;

constexpr std::string_view kUsage =
    "usage: plait_sim [--seeds N] [--seed S] [--jobs J] [--trace]\n"
    "\n"
    "  --seeds N   how many seeds (1)\n"
    "  --seed S    the first of them (1)\n"
    "  --jobs J    how many at the same time (one for each processor)\n"
    "  --trace     tells all that happens with the first seed, and plays no other\n";

struct Options {
  std::uint64_t seeds = 1;
  std::uint64_t first = 1;
  std::uint64_t jobs = std::max(1U, std::thread::hardware_concurrency());
  bool trace = false;
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || end != text.end()) return std::nullopt;
  return number;
}

std::optional<Options> parse(std::span<char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
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

/// Tells what happens, with the plan before it.
bool play_aloud(const Plan& plan) {
  std::fputs(describe(plan).c_str(), stdout);
  const auto outcome = plait::sim::World(plan, /*aloud=*/true).run();
  std::puts(outcome.problem ? outcome.problem->c_str() : "nothing is wrong");
  return !outcome.problem;
}

void tell(const Plan& plan, const std::string& problem) {
  const Plan smaller = shrunk(plan);
  std::printf(
      "seed %llu: %s\n  again: plait_sim --seed %llu --trace\n  with %zu of %zu steps: %s\n%s",
      static_cast<unsigned long long>(plan.seed), problem.c_str(),
      static_cast<unsigned long long>(plan.seed), smaller.steps.size(), plan.steps.size(),
      judge(smaller).value_or("?").c_str(), describe(smaller).c_str());
  std::fflush(stdout);
}

/// How many seeds failed.
std::uint64_t play_all(const Options& options) {
  constexpr std::uint64_t kTold = 5;  // of those that fail; shrinking takes time
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> failed{0};
  std::mutex mouth;
  const auto work = [&] {
    for (std::uint64_t i = next++; i < options.seeds; i = next++) {
      const Plan plan = plait::sim::make_plan(options.first + i);
      const auto problem = judge(plan);
      if (!problem) continue;
      const std::uint64_t before = failed++;
      const std::scoped_lock lock(mouth);
      if (before < kTold) {
        tell(plan, *problem);
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

}  // namespace

int main(int count, char** arguments) {
  const auto options = parse(std::span(arguments, static_cast<std::size_t>(count)).subspan(1));
  if (!options) {
    std::fputs(kUsage.data(), stderr);
    return 2;
  }
  if (options->trace) return play_aloud(plait::sim::make_plan(options->first)) ? 0 : 1;
  // Disks fail by the thousand, and servers say so.
  plait::log::set_level(plait::log::Level::Off);
  const std::uint64_t failed = play_all(*options);
  std::printf("%llu passed, %llu failed\n",
              static_cast<unsigned long long>(options->seeds - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
