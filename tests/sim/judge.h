#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/trace.h"

namespace plait::sim {

/// Plays a plan twice. What was wrong, if anything was: with the world, or because the two runs
/// were not the same.
template <class Plan>
[[nodiscard]] std::optional<std::string> judge(const Plan& plan) {
  const Outcome first = play(plan, /*aloud=*/false);
  if (first.problem) return first.problem;
  const Outcome second = play(plan, /*aloud=*/false);
  if (second.trace != first.trace) return "two runs of the same plan differ";
  return std::nullopt;
}

/// A plan that fails, with as few steps as can be found in a few hundred runs.
template <class Plan>
[[nodiscard]] Plan shrunk(Plan plan) {
  constexpr int kMaxRuns = 400;
  int runs = 0;
  for (std::size_t part = std::max<std::size_t>(plan.steps.size() / 2, 1);; part /= 2) {
    for (std::size_t from = 0; from < plan.steps.size() && runs < kMaxRuns;) {
      Plan smaller = plan;
      const auto begin = smaller.steps.begin() + static_cast<std::ptrdiff_t>(from);
      const std::size_t count = std::min(part, plan.steps.size() - from);
      smaller.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      ++runs;
      if (judge(smaller)) {
        plan = std::move(smaller);
      } else {
        from += part;
      }
    }
    if (part == 1) return plan;
  }
}

/// Of a plan only the steps with these numbers, if there are any.
template <class Plan>
void keep_only(Plan& plan, const std::vector<std::size_t>& numbers) {
  if (numbers.empty()) return;
  std::erase_if(plan.steps, [&](const auto& step) {
    return std::find(numbers.begin(), numbers.end(), step.number) == numbers.end();
  });
}

}  // namespace plait::sim
