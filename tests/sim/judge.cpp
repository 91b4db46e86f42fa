#include "tests/sim/judge.h"

#include <algorithm>
#include <utility>

#include "tests/sim/world.h"

namespace plait::sim {
namespace {

constexpr int kMaxRuns = 400;

}  // namespace

std::optional<std::string> judge(const Plan& plan) {
  const Outcome first = World(plan, /*aloud=*/false).run();
  if (first.problem) return first.problem;
  const Outcome second = World(plan, /*aloud=*/false).run();
  if (second.trace != first.trace) return "two runs of the same plan differ";
  return std::nullopt;
}

Plan shrunk(Plan plan) {
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

}  // namespace plait::sim
